#include "runner/loop.h"

#include <algorithm>
#include <exception>
#include <utility>

#include "base/error.h"

namespace cria::runner {
namespace {

// Within a catch block.
std::string current_error() {
  try {
    throw;
  } catch (const std::exception& error) {
    return error.what();
  } catch (...) {
    return "an exception that is no std::exception";
  }
}

double seconds(Clock::duration duration) { return std::chrono::duration<double>(duration).count(); }

// A pass without room would come again and again.
Limits checked(const Limits& limits) {
  if (limits.tokens < 1 || limits.outputs < 1) {
    fail(Error::Code::kInvalidArgument, "engine: a pass of ", limits.tokens, " tokens and ",
         limits.outputs, " outputs, expected at least 1 of each");
  }
  return limits;
}

}  // namespace

Loop::Loop(std::unique_ptr<Forward> forward, const tokenizer::Tokenizer& tokenizer)
    : forward_(std::move(forward)),
      tokenizer_(tokenizer),
      limits_(checked(forward_->limits())),
      thread_([this] { work(); }) {}

Loop::~Loop() {
  {
    const std::lock_guard lock(mutex_);
    stopping_ = true;
  }
  changed_.notify_one();
  thread_.join();
}

void Loop::submit(std::shared_ptr<Sequence> sequence) {
  {
    const std::lock_guard lock(mutex_);
    submitted_.push_back(std::move(sequence));
  }
  changed_.notify_one();
}

void Loop::work() {
  while (await_work()) {
    drop_cancelled();
    admit();
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

void Loop::drop_cancelled() {
  const auto drop = [&](const std::shared_ptr<Sequence>& sequence) {
    if (sequence->cancelled) finish(*sequence, Finish::kCancelled);
    return sequence->ended;
  };
  std::erase_if(running_, drop);
  std::erase_if(waiting_, drop);
}

void Loop::admit() {
  while (!waiting_.empty()) {
    Sequence& sequence = *waiting_.front();
    sequence.slot = forward_->open();
    if (sequence.slot) {
      sequence.admitted = Clock::now();
      running_.push_back(waiting_.front());
    } else if (running_.empty()) {
      finish_with_error(sequence, "engine: the cache has no sequence to give");  // and never will
    } else {
      return;
    }
    waiting_.pop_front();
  }
}

void Loop::pass() {
  fill_step();
  if (!tokens_.empty()) run_step();
  std::erase_if(running_, [](const auto& sequence) { return sequence->ended; });
}

void Loop::fill_step() {
  pending_.clear();
  tokens_.clear(), slots_.clear(), outputs_.clear();
  in_pass_.clear(), receivers_.clear();
  left_out_.clear(), taken_in_.clear();
  for (const auto& s : running_) pending_.push_back(static_cast<int64_t>(s->pending.size()));
  const auto granted = schedule_.share(pending_, limits_.tokens, limits_.outputs);
  for (size_t i = 0; i < running_.size(); ++i) {
    (granted[i] > 0 ? taken_in_ : left_out_).push_back(running_[i]);
    if (granted[i] > 0) add_to_step(*running_[i], granted[i]);
  }
  running_.swap(left_out_);
  running_.insert(running_.end(), taken_in_.begin(), taken_in_.end());
}

void Loop::add_to_step(Sequence& sequence, int64_t count) {
  if (forward_->reserve(*sequence.slot, count) != kvcache::Cache::Outcome::kOk) {
    return finish(sequence, Finish::kContext);
  }
  const auto tokens = sequence.pending.first(static_cast<size_t>(count));
  tokens_.insert(tokens_.end(), tokens.begin(), tokens.end());
  slots_.insert(slots_.end(), tokens.size(), *sequence.slot);
  in_pass_.push_back(&sequence);
  if (!sequence.decoding()) sequence.result.prompt_tokens += count;
  sequence.pending = sequence.pending.subspan(tokens.size());
  if (!sequence.pending.empty()) return;
  outputs_.push_back(static_cast<int32_t>(tokens_.size()) - 1);
  receivers_.push_back(&sequence);
}

void Loop::run_step() {
  std::span<const float> logits;
  try {
    logits = forward_->run({.tokens = tokens_, .sequences = slots_, .outputs = outputs_});
  } catch (...) {
    // Which of them caused it, and what the cache holds of them now, is unknown.
    for (Sequence* sequence : in_pass_) finish_with_error(*sequence, current_error());
    return;
  }
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
  const auto most = sequence.request.max_tokens;
  Result& result = sequence.result;
  if (most == 0) return finish(sequence, Finish::kLength);
  const tokenizer::Id token = sequence.sampler.sample(logits).token;
  if (!sequence.decoding()) sequence.first_token = Clock::now();
  if (tokenizer_.ends_generation(token)) return finish(sequence, Finish::kStop);

  result.tokens.push_back(token);
  if (!sequence.emit(sequence.text.feed(tokenizer_.piece(token)))) {
    return finish(sequence, Finish::kCancelled);
  }
  if (sequence.text.stopped_by()) return finish(sequence, Finish::kStop);
  if (static_cast<int64_t>(result.tokens.size()) == most) return finish(sequence, Finish::kLength);
  sequence.last = token;
  sequence.pending = {&sequence.last, 1};
}

void Loop::finish(Sequence& sequence, Finish why) {
  Result& result = sequence.result;
  result.finish = why;
  try {
    // Whoever cancelled wants no more text, and an error may have come from handing it out.
    if (why != Finish::kCancelled && why != Finish::kError) sequence.emit(sequence.text.finish());
  } catch (...) {
    result.finish = Finish::kError;
    result.error = current_error();
  }
  if (const std::string* stop = sequence.text.stopped_by()) result.stopped_by = *stop;
  if (sequence.slot) {
    forward_->close(*sequence.slot);
    const auto now = Clock::now();
    const auto first = sequence.first_token.value_or(now);
    result.prompt_seconds = seconds(first - sequence.admitted);
    result.decode_seconds = seconds(now - first);
  }
  sequence.ended = true;
  sequence.promise.set_value(std::move(result));
}

void Loop::finish_with_error(Sequence& sequence, const std::string& what) {
  sequence.result.error = what;
  finish(sequence, Finish::kError);
}

}  // namespace cria::runner
