#include "runner/loop.h"

#include <algorithm>
#include <numeric>
#include <utility>

#include "base/error.h"

namespace cria::runner {
namespace {

double seconds(Clock::duration duration) { return std::chrono::duration<double>(duration).count(); }

// A pass without room would come again and again.
Limits checked(const Limits& limits) {
  if (limits.tokens < 1 || limits.outputs < 1 || limits.block < 1) {
    fail(Error::Code::kInvalidArgument, "engine: a pass of ", limits.tokens, " tokens and ",
         limits.outputs, " outputs, blocks of ", limits.block, ", expected at least 1 of each");
  }
  return limits;
}

Token choose(Sequence& sequence, std::span<const float> logits, std::span<const uint64_t> allowed) {
  const sample::Choice choice = sequence.sampler.sample(logits, allowed);
  if (sequence.matcher) CRIA_CHECK(sequence.matcher->accept(choice.token));
  Token token{.id = choice.token};
  if (!sequence.request.sampling.logprobs) return token;
  token.logprobs = Logprobs{.logprob = choice.logprob};
  for (const auto& [id, logprob] : choice.top) token.logprobs->top.push_back({id, logprob});
  return token;
}

int64_t most_tokens(const Request& request, const Limits& limits) {
  if (request.max_tokens >= 0 || !request.shift) return request.max_tokens;
  return kMostContexts * context_of(request, limits);
}

}  // namespace

Loop::Loop(std::unique_ptr<Forward> forward, const tokenizer::Tokenizer& tokenizer,
           const EngineOptions& options)
    : forward_(std::move(forward)),
      tokenizer_(tokenizer),
      limits_(checked(forward_->limits())),
      options_(options),
      constraints_(tokenizer, limits_.vocabulary),
      thread_([this] { work(); }) {}

Loop::~Loop() {
  {
    const std::lock_guard lock(mutex_);
    stopping_ = true;
  }
  changed_.notify_one();
  thread_.join();
}

int64_t Loop::submit(std::shared_ptr<Sequence> sequence) {
  int64_t before;
  {
    const std::lock_guard lock(mutex_);
    if (unfinished_ >= limits_.sequences + options_.most_waiting) throw QueueFull(queued_);
    ++unfinished_;
    before = queued_++;
    sequence->number = numbers_++;
    submitted_.push_back(std::move(sequence));
  }
  changed_.notify_one();
  return before;
}

void Loop::work() {
  while (await_work()) {
    drop_cancelled();
    admit();
    count_queued();
    if (!running_.empty()) pass();
  }
  for (const auto& sequence : running_) finish(*sequence, Finish::kCancelled);
  for (const auto& sequence : waiting_) finish(*sequence, Finish::kCancelled);
  for (const auto& sequence : submitted_) finish(*sequence, Finish::kCancelled);
}

bool Loop::await_work() {
  std::unique_lock lock(mutex_);
  changed_.wait(lock, [&] {
    return stopping_ || !submitted_.empty() || !waiting_.empty() || !running_.empty();
  });
  std::move(submitted_.begin(), submitted_.end(), std::back_inserter(waiting_));
  submitted_.clear();
  return !stopping_;
}

// Those that were preempted have begun to run, and are not asked to come again.
void Loop::count_queued() {
  const std::lock_guard lock(mutex_);
  const auto new_ones = std::count_if(waiting_.begin(), waiting_.end(),
                                      [](const auto& sequence) { return !sequence->admitted; });
  queued_ = new_ones + static_cast<int64_t>(submitted_.size());
}

void Loop::drop_cancelled() {
  const auto drop = [&](const std::shared_ptr<Sequence>& sequence) {
    if (sequence->cancelled) finish(*sequence, Finish::kCancelled);
    return sequence->ended;
  };
  std::erase_if(running_, drop);
  std::erase_if(waiting_, drop);
}

void Loop::admit() {
  while (!waiting_.empty() && admit(*waiting_.front())) {
    if (waiting_.front()->slot) running_.push_back(waiting_.front());
    waiting_.pop_front();
  }
}

// False: it has to wait.
bool Loop::admit(Sequence& sequence) {
  // To encode pictures takes long, and is not begun in vain.
  if (!sequence.pictures.empty() && !running_.empty() && !fits(sequence)) return false;
  if (!open(sequence)) {
    if (!running_.empty()) return false;
    finish_with_error(sequence, "engine: the cache has no sequence to give");  // and never will
    return true;
  }
  // Alone it has to do with what there is.
  if (!running_.empty() && !fits(sequence)) {
    close(sequence);
    return false;
  }
  if (!sequence.admitted) {
    sequence.admitted = Clock::now();
    sequence.result.cached_tokens = sequence.fed;
  }
  return true;
}

// Whether its tokens, and what the others are still to read, have room, and each a block to go on.
bool Loop::fits(const Sequence& sequence) const {
  const auto needs = [&](const Sequence& s) {
    return (s.pending() + limits_.block - 1) / limits_.block * limits_.block + limits_.block;
  };
  int64_t needed = needs(sequence);
  for (const auto& other : running_) needed += needs(*other);
  return needed <= forward_->room();
}

// Back among those that wait, by age.
void Loop::await_again(const std::shared_ptr<Sequence>& sequence) {
  const auto younger = std::find_if(waiting_.begin(), waiting_.end(), [&](const auto& other) {
    return other->number > sequence->number;
  });
  waiting_.insert(younger, sequence);
}

void Loop::pass() {
  fill_step();
  if (!tokens_.empty()) run_step();
  for (const auto& sequence : running_) {
    if (!sequence->ended && !sequence->slot) await_again(sequence);
  }
  std::erase_if(running_, [](const auto& sequence) { return sequence->ended || !sequence->slot; });
}

void Loop::fill_step() {
  tokens_.clear(), slots_.clear(), outputs_.clear();
  in_pass_.clear(), receivers_.clear();
  left_out_.clear(), taken_in_.clear();
  share();
  for (size_t i = 0; i < running_.size(); ++i) {
    Sequence& sequence = *running_[i];
    int64_t count = sequence.slot && !sequence.ended ? granted_[i] : 0;
    // One that lost its middle may be at its end sooner than the schedule knew.
    const bool receives = count > 0 && count == sequence.pending();
    if (receives && static_cast<int64_t>(outputs_.size()) == limits_.outputs) --count;
    (count > 0 ? taken_in_ : left_out_).push_back(running_[i]);
    if (count > 0) add_to_step(sequence, count);
  }
  running_.swap(left_out_);
  running_.insert(running_.end(), taken_in_.begin(), taken_in_.end());
}

// The oldest get their memory first, so that those who have to give theirs are not yet in the pass.
void Loop::share() {
  pending_.clear();
  for (const auto& s : running_) pending_.push_back(s->pending());
  const auto decoding = std::count(pending_.begin(), pending_.end(), 1);
  const int64_t tokens = pace_.tokens(decoding, limits_.tokens);
  const auto granted = schedule_.share(pending_, tokens, limits_.outputs);
  granted_.assign(granted.begin(), granted.end());
  by_age_.resize(running_.size());
  std::iota(by_age_.begin(), by_age_.end(), size_t{0});
  std::sort(by_age_.begin(), by_age_.end(),
            [&](size_t a, size_t b) { return running_[a]->number < running_[b]->number; });
  for (const size_t i : by_age_) {
    if (granted_[i] > 0) granted_[i] = make_room(*running_[i], granted_[i]);
  }
}

void Loop::add_to_step(Sequence& sequence, int64_t count) {
  const auto tokens = std::span(sequence.history)
                          .subspan(static_cast<size_t>(sequence.fed), static_cast<size_t>(count));
  tokens_.insert(tokens_.end(), tokens.begin(), tokens.end());
  slots_.insert(slots_.end(), tokens.size(), *sequence.slot);
  in_pass_.push_back(&sequence);
  sequence.fed += count;
  sequence.held += count;
  if (!sequence.decoding()) {
    sequence.result.prompt_tokens = std::max(sequence.result.prompt_tokens, sequence.fed);
  }
  if (sequence.pending() > 0) return;
  outputs_.push_back(static_cast<int32_t>(tokens_.size()) - 1);
  receivers_.push_back(&sequence);
}

void Loop::run_step() {
  std::span<const float> logits;
  const auto start = Clock::now();
  try {
    logits = forward_->run({.tokens = tokens_, .sequences = slots_, .outputs = outputs_});
  } catch (...) {
    // Which of them caused it, and what the cache holds of them now, is unknown.
    for (Sequence* sequence : in_pass_) finish_with_error(*sequence, current_error());
    return;
  }
  pace_.ran(static_cast<int64_t>(tokens_.size()), seconds(Clock::now() - start));
  const auto row = static_cast<size_t>(limits_.vocabulary);
  for (size_t i = 0; i < receivers_.size(); ++i) {
    try {
      take(*receivers_[i], logits.subspan(i * row, row));
    } catch (...) {
      finish_with_error(*receivers_[i], current_error());
    }
  }
}

void Loop::take(Sequence& sequence, std::span<const float> logits) {
  Result& result = sequence.result;
  const int64_t most = most_tokens(sequence.request, limits_);
  if (most == 0) return finish(sequence, Finish::kLength);
  Token token = choose(sequence, logits, allowed(sequence));
  if (!sequence.decoding()) sequence.first_token = Clock::now();
  if (tokenizer_.ends_generation(token.id)) return finish(sequence, Finish::kStop);

  result.tokens.push_back(token.id);
  sequence.history.push_back(token.id);
  token.bytes = tokenizer_.piece(token.id, sequence.request.special);
  const std::string_view certain = sequence.text.feed(token.bytes);
  sequence.put({.token = std::move(token), .text = std::string(certain)});
  if (sequence.text.stopped_by()) return finish(sequence, Finish::kStop);
  if (sequence.matcher && sequence.matcher->must_end()) return finish(sequence, Finish::kStop);
  if (static_cast<int64_t>(result.tokens.size()) == most) finish(sequence, Finish::kLength);
}

std::span<const uint64_t> Loop::allowed(Sequence& sequence) {
  if (!sequence.request.grammar) return {};
  if (!sequence.matcher) {
    sequence.matcher.emplace(constraints_.of(sequence.request.grammar, sequence.request.thoughts));
  }
  constexpr size_t kBits = 64;
  mask_.resize((static_cast<size_t>(limits_.vocabulary) + kBits - 1) / kBits);
  sequence.matcher->mask(mask_);
  return mask_;
}

void Loop::finish(Sequence& sequence, Finish why) {
  Result& result = sequence.result;
  result.finish = why;
  // Whoever cancelled wants no more text, and after an error none is certain.
  if (why != Finish::kCancelled && why != Finish::kError) {
    sequence.put({.token = {}, .text = std::string(sequence.text.finish())});
  }
  if (const std::string* stop = sequence.text.stopped_by()) result.stopped_by = *stop;
  if (sequence.slot) close(sequence);
  if (sequence.admitted) {
    const auto now = Clock::now();
    const auto first = sequence.first_token.value_or(now);
    result.prompt_seconds = seconds(first - *sequence.admitted);
    result.decode_seconds = seconds(now - first);
  }
  sequence.ended = true;
  {
    // Before anyone hears of it: whoever does may ask again at once.
    const std::lock_guard lock(mutex_);
    --unfinished_;
  }
  sequence.outbox.finish(std::move(result));
}

void Loop::finish_with_error(Sequence& sequence, const std::string& what) {
  sequence.result.error = what;
  finish(sequence, Finish::kError);
}

}  // namespace cria::runner
