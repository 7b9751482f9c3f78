// The engine's public face: checks requests and hands them to the loop.

#include "runner/engine.h"

#include <utility>

#include "base/error.h"
#include "runner/forward.h"
#include "runner/loop.h"
#include "runner/sequence.h"

namespace cria::runner {
namespace {

class ExecutorForward final : public Forward {
 public:
  explicit ExecutorForward(model::Executor& executor) : executor_(executor) {}

  Limits limits() const override {
    return {.vocabulary = executor_.vocabulary(),
            .context = executor_.cache().context(),
            .tokens = executor_.options().max_tokens,
            .outputs = executor_.options().max_outputs};
  }
  std::optional<kvcache::Sequence> open() override { return executor_.cache().open(); }
  void close(kvcache::Sequence sequence) override { executor_.cache().close(sequence); }
  kvcache::Cache::Outcome reserve(kvcache::Sequence sequence, int64_t tokens) override {
    return executor_.cache().reserve(sequence, tokens);
  }
  std::span<const float> run(const model::Step& step) override { return executor_.run(step); }

 private:
  model::Executor& executor_;
};

void check(const Request& request, const Limits& limits) {
  const auto length = static_cast<int64_t>(request.prompt.size());
  if (length == 0) fail(Error::Code::kInvalidArgument, "the prompt has no tokens");
  if (length > limits.context) {
    fail(Error::Code::kInvalidArgument, "the prompt has ", length,
         " tokens, more than the context of ", limits.context);
  }
  for (size_t i = 0; i < request.prompt.size(); ++i) {
    const tokenizer::Id id = request.prompt[i];
    if (id >= 0 && id < limits.vocabulary) continue;
    fail(Error::Code::kInvalidArgument, "token ", i, " of the prompt is ", id, ", expected 0 to ",
         limits.vocabulary - 1);
  }
  if (request.max_tokens < -1) {
    fail(Error::Code::kInvalidArgument, "max_tokens is ", request.max_tokens,
         ", expected -1 (no limit), 0 or more");
  }
}

}  // namespace

Generation::Generation(std::shared_ptr<Sequence> sequence) : sequence_(std::move(sequence)) {}

Generation::Generation(Generation&&) noexcept = default;

Generation::~Generation() {
  if (!sequence_ || !sequence_->finished.valid()) return;
  cancel();
  sequence_->finished.wait();
}

void Generation::cancel() {
  CRIA_CHECK(sequence_);
  sequence_->cancelled = true;
}

Result Generation::wait() {
  CRIA_CHECK(sequence_ && sequence_->finished.valid());
  return sequence_->finished.get();
}

Engine::Engine(model::Executor& executor, const tokenizer::Tokenizer& tokenizer)
    : Engine(std::make_unique<ExecutorForward>(executor), tokenizer) {}

Engine::Engine(std::unique_ptr<Forward> forward, const tokenizer::Tokenizer& tokenizer)
    : loop_(std::make_unique<Loop>(std::move(forward), tokenizer)) {}

Engine::~Engine() = default;

Generation Engine::submit(Request request) {
  check(request, loop_->limits());
  auto sequence = std::make_shared<Sequence>(std::move(request));
  loop_->submit(sequence);
  return Generation(std::move(sequence));
}

}  // namespace cria::runner
