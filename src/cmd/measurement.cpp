#include "cmd/measurement.h"

#include <algorithm>
#include <deque>
#include <random>

#include "cmd/evaluation.h"
#include "cmd/stopwatch.h"

namespace cria::cmd {
namespace {

class RandomTokens {
 public:
  explicit RandomTokens(int64_t vocabulary)
      : distribution_(0, static_cast<int32_t>(vocabulary - 1)) {}
  std::vector<int32_t> operator()(int64_t count) {
    std::vector<int32_t> tokens(static_cast<size_t>(count));
    for (int32_t& token : tokens) token = distribution_(generator_);
    return tokens;
  }

 private:
  std::mt19937 generator_;  // its default seed: every run sees the same tokens
  std::uniform_int_distribution<int32_t> distribution_;
};

// Sequences that decode side by side, one token each per pass.
class Sequences {
 public:
  Sequences(model::Executor& executor, int64_t count) : executor_(executor) {
    for (int64_t i = 0; i < count; ++i) {
      runners_.emplace_back(executor);
      sequences_.push_back(runners_.back().sequence());
      outputs_.push_back(static_cast<int32_t>(i));
    }
  }

  void restart_at(int64_t length) {
    for (SequenceRunner& runner : runners_) runner.truncate(length);
  }

  void feed(std::span<const int32_t> tokens) {
    for (SequenceRunner& runner : runners_) runner.feed(tokens);
  }

  void decode(std::span<const int32_t> tokens) {
    for (SequenceRunner& runner : runners_) runner.reserve(1);
    executor_.run({.tokens = tokens, .sequences = sequences_, .outputs = outputs_});
  }

 private:
  model::Executor& executor_;
  std::deque<SequenceRunner> runners_;
  std::vector<kvcache::Sequence> sequences_;
  std::vector<int32_t> outputs_;
};

}  // namespace

double Measurement::median() const {
  std::vector<double> sorted = rates;
  std::ranges::sort(sorted);
  const size_t middle = sorted.size() / 2;
  return sorted.size() % 2 == 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2;
}

void make_room(model::ExecutorOptions& options, const std::vector<Measurement>& measurements) {
  constexpr int64_t kPass = 512;
  int64_t longest_feed = 1, tokens = 1;
  for (const Measurement& m : measurements) {
    const int64_t length = m.depth + m.tokens;
    const int64_t blocks = (length + options.cache.block_size - 1) / options.cache.block_size;
    tokens = std::max(tokens, m.batch * blocks * options.cache.block_size);
    options.cache.context = std::max(options.cache.context, length);
    options.cache.sequences = std::max(options.cache.sequences, m.batch);
    const bool prefill = m.kind == Measurement::Kind::kPrefill;
    longest_feed = std::max({longest_feed, m.depth, prefill ? m.tokens : 1});
  }
  options.cache.tokens = tokens;
  options.max_outputs = options.cache.sequences;
  options.max_tokens = std::max(std::min(kPass, longest_feed), options.cache.sequences);
}

void measure(model::Executor& executor, int repeat, Measurement& measurement) {
  RandomTokens random(executor.vocabulary());
  Sequences sequences(executor, measurement.batch);
  sequences.feed(random(measurement.depth));
  const std::vector<int32_t> prompt = random(measurement.tokens);
  const std::vector<int32_t> tokens = random(measurement.batch);
  for (int i = 0; i <= repeat; ++i) {
    sequences.restart_at(measurement.depth);
    const Stopwatch watch;
    if (measurement.kind == Measurement::Kind::kPrefill) {
      sequences.feed(prompt);
    } else {
      for (int64_t step = 0; step < measurement.tokens; ++step) sequences.decode(tokens);
    }
    const auto total = static_cast<double>(measurement.tokens * measurement.batch);
    if (i > 0) measurement.rates.push_back(total / watch.seconds());
  }
}

}  // namespace cria::cmd
