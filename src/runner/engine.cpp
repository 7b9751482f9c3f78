// The engine's public face: checks requests and hands them to the loop.

#include "runner/engine.h"

#include <algorithm>
#include <utility>

#include "base/error.h"
#include "runner/forward.h"
#include "runner/loop.h"
#include "runner/sequence.h"

namespace cria::runner {
namespace {

class ExecutorForward final : public Forward {
 public:
  explicit ExecutorForward(model::Executor& executor) : executor_(executor) {
    if (executor.output() == model::Output::kLogits) return;
    fail(Error::Code::kUnsupported, "engine: the model reads texts and writes none");
  }

  Limits limits() const override {
    Limits limits{.vocabulary = executor_.vocabulary(),
                  .token_ids = executor_.token_ids(),
                  .context = executor_.cache().context(),
                  .sequences = executor_.options().cache.sequences,
                  .tokens = executor_.options().max_tokens,
                  .outputs = executor_.options().max_outputs,
                  .block = executor_.options().cache.block_size};
    if (const model::Vision* vision = executor_.vision()) {
      const model::VisionSpec spec = vision->vision_spec();
      limits.picture = spec.token;
      limits.pictures = executor_.options().cache.encoder_rows / spec.encoded;
    }
    return limits;
  }
  std::optional<kvcache::Cache::Opened> open(
      std::span<const int32_t> ids, std::span<const model::PlacedPicture> pictures) override {
    if (pictures.empty()) return executor_.cache().open(ids);
    const std::optional<kvcache::Sequence> sequence = executor_.cache().open();
    if (!sequence) return std::nullopt;
    if (executor_.encode(*sequence, pictures) == kvcache::Cache::Outcome::kOk)
      return kvcache::Cache::Opened{*sequence, 0};
    executor_.cache().close(*sequence);
    return std::nullopt;
  }
  void close(kvcache::Sequence sequence) override { executor_.cache().close(sequence); }
  kvcache::Cache::Outcome reserve(kvcache::Sequence sequence, int64_t tokens) override {
    return executor_.cache().reserve(sequence, tokens);
  }
  kvcache::Cache::Outcome remove(kvcache::Sequence sequence, int64_t begin, int64_t end) override {
    return executor_.remove(sequence, begin, end);
  }
  int64_t room() const override { return executor_.cache().room(); }
  std::span<const float> run(const model::Step& step) override { return executor_.run(step); }

 private:
  model::Executor& executor_;
};

void check_pictures(const Request& request, const Limits& limits) {
  const auto given = std::ssize(request.pictures);
  if (given == 0) return;
  if (limits.picture < 0)
    fail(Error::Code::kInvalidArgument, "pictures were given, but the model can not see");
  if (given > limits.pictures) {
    fail(Error::Code::kInvalidArgument, "there are ", given, " pictures, expected at most ",
         limits.pictures);
  }
  const auto tokens = std::ranges::count(request.prompt, limits.picture);
  if (tokens != given) {
    fail(Error::Code::kInvalidArgument, "the prompt has ", tokens,
         " tokens that stand for pictures, but ", given, " pictures were given");
  }
}

void check(const Request& request, const Limits& limits) {
  const auto length = static_cast<int64_t>(request.prompt.size());
  if (length == 0) fail(Error::Code::kInvalidArgument, "the prompt has no tokens");
  if (request.context < 0) {
    fail(Error::Code::kInvalidArgument, "context is ", request.context, ", expected 0 or more");
  }
  if (const int64_t context = context_of(request, limits); length > context) {
    fail(Error::Code::kInvalidArgument, "the prompt has ", length,
         " tokens, more than the context of ", context);
  }
  for (size_t i = 0; i < request.prompt.size(); ++i) {
    const tokenizer::Id id = request.prompt[i];
    if (id >= 0 && id < limits.token_ids) continue;
    fail(Error::Code::kInvalidArgument, "token ", i, " of the prompt is ", id, ", expected 0 to ",
         limits.token_ids - 1);
  }
  check_pictures(request, limits);
  if (request.max_tokens < -1) {
    fail(Error::Code::kInvalidArgument, "max_tokens is ", request.max_tokens,
         ", expected -1 (no limit), 0 or more");
  }
  if (const auto& thoughts = request.thoughts) {
    if (thoughts->end.empty() || (thoughts->begin.empty() && !thoughts->begun))
      fail(Error::Code::kInvalidArgument, "a marker of thoughts is empty");
  }
  if (request.shift && request.shift->keep < -1) {
    fail(Error::Code::kInvalidArgument, "keep is ", request.shift->keep,
         ", expected -1 (the whole prompt), 0 or more");
  }
}

// What one receiver is handed, on the thread that waits.
class Delivery {
 public:
  explicit Delivery(const Request& request) : request_(request) {}

  // False: it wants no more.
  bool give(const Outbox::Piece& piece) {
    try {
      if (piece.token) {
        ++tokens_;
        if (request_.on_token && !request_.on_token(*piece.token))
          return refuse(Finish::kCancelled);
      }
      const bool text = !piece.text.empty() && request_.on_text;
      if (text && !request_.on_text(piece.text)) return refuse(Finish::kCancelled);
      return true;
    } catch (...) {
      error_ = current_error();
      return refuse(Finish::kError);
    }
  }
  bool refused() const { return refused_.has_value(); }

  // The generation may have gone on before it heard of a refusal.
  Result ended(Result result) const {
    if (!refused_) return result;
    result.finish = *refused_;
    result.error = error_;
    result.stopped_by.clear();
    result.tokens.resize(std::min(result.tokens.size(), tokens_));
    return result;
  }

 private:
  bool refuse(Finish why) {
    refused_ = why;
    return false;
  }

  const Request& request_;
  size_t tokens_ = 0;
  std::optional<Finish> refused_;
  std::string error_;
};

}  // namespace

Generation::Generation(std::shared_ptr<Sequence> sequence, int64_t queue_position)
    : sequence_(std::move(sequence)), queue_position_(queue_position) {}

Generation::Generation(Generation&&) noexcept = default;

Generation::~Generation() {
  if (!sequence_ || waited_) return;
  cancel();
  sequence_->outbox.take_result();
}

void Generation::cancel() {
  CRIA_CHECK(sequence_);
  sequence_->cancelled = true;
}

Result Generation::wait() {
  CRIA_CHECK(sequence_ && !std::exchange(waited_, true));
  Delivery delivery(sequence_->request);
  std::vector<Outbox::Piece> pieces;
  while (sequence_->outbox.take(pieces)) {
    for (const Outbox::Piece& piece : pieces) {
      if (delivery.refused()) break;
      if (!delivery.give(piece)) cancel();
    }
  }
  return delivery.ended(sequence_->outbox.take_result());
}

Engine::Engine(model::Executor& executor, const tokenizer::Tokenizer& tokenizer,
               const EngineOptions& options)
    : Engine(std::make_unique<ExecutorForward>(executor), tokenizer, options) {}

Engine::Engine(std::unique_ptr<Forward> forward, const tokenizer::Tokenizer& tokenizer,
               const EngineOptions& options)
    : loop_(std::make_unique<Loop>(std::move(forward), tokenizer, options)) {}

Engine::~Engine() = default;

Generation Engine::submit(Request request) {
  check(request, loop_->limits());
  auto sequence = std::make_shared<Sequence>(std::move(request), loop_->limits().picture);
  const int64_t position = loop_->submit(sequence);
  return {std::move(sequence), position};
}

}  // namespace cria::runner
