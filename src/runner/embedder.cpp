#include "runner/embedder.h"

#include <algorithm>

#include "base/error.h"

namespace cria::runner {
namespace {

using Outcome = kvcache::Cache::Outcome;

}  // namespace

Embedder::Embedder(model::Executor& executor, model::Pooling pooling)
    : executor_(executor), pooling_(pooling) {
  const bool scores = executor.output() == model::Output::kScores;
  if (scores == (pooling == model::Pooling::kRank)) return;
  fail(Error::Code::kUnsupported, "pooling \"", model::name_of(pooling),
       "\" is not for a model that ", scores ? "judges texts" : "gives no scores");
}

int64_t Embedder::longest() const {
  const int64_t context = executor_.cache().context();
  return executor_.bidirectional() ? std::min(context, executor_.options().max_tokens) : context;
}

int64_t Embedder::room() const { return executor_.options().max_tokens - std::ssize(tokens_); }

std::vector<std::vector<float>> Embedder::run(std::span<const EmbedInput> texts,
                                              const std::function<bool()>& goes_on) {
  for (size_t i = 0; i < texts.size(); ++i) {
    const auto count = std::ssize(texts[i].tokens);
    if (count > 0 && count <= longest()) continue;
    fail(Error::Code::kInvalidArgument, "text ", i + 1, " has ", count, " tokens, expected 1 to ",
         longest());
  }
  std::vector<std::vector<float>> vectors(texts.size());
  next_ = 0;
  try {
    while (next_ < texts.size() || !readings_.empty()) {
      if (goes_on && !goes_on()) fail(Error::Code::kCancelled, "the request was cancelled");
      fill_pass(texts);
      run_pass(texts);
      std::erase_if(readings_, [&](const Reading& reading) {
        if (reading.read < std::ssize(texts[reading.text].tokens)) return false;
        vectors[reading.text] = reading.pool.vector();
        executor_.cache().close(reading.sequence);
        return true;
      });
    }
  } catch (...) {
    close_all();
    throw;
  }
  return vectors;
}

void Embedder::close_all() {
  for (const Reading& reading : readings_) executor_.cache().close(reading.sequence);
  readings_.clear();
}

// Texts that have begun go on first; only one of them can be unfinished after a pass.
void Embedder::fill_pass(std::span<const EmbedInput> texts) {
  tokens_.clear(), types_.clear(), outputs_.clear(), sequences_.clear();
  for (Reading& reading : readings_) {
    const EmbedInput& text = texts[reading.text];
    const int64_t count = std::min(room(), std::ssize(text.tokens) - reading.read);
    if (executor_.cache().reserve(reading.sequence, count) != Outcome::kOk) {
      fail(Error::Code::kOutOfMemory, "the cache has no room for text ", reading.text + 1);
    }
    add(reading, text, count);
  }
  while (next_ < texts.size() && room() > 0 && begin(texts[next_])) ++next_;
  if (!tokens_.empty()) return;
  fail(Error::Code::kOutOfMemory, "the cache has no room for text ", next_ + 1, " of ",
       texts[next_].tokens.size(), " tokens");
}

// False: in a later pass.
bool Embedder::begin(const EmbedInput& text) {
  const auto length = std::ssize(text.tokens);
  if (executor_.bidirectional() && length > room()) return false;
  const auto sequence = executor_.cache().open();
  if (!sequence) return false;
  const int64_t count = std::min(room(), length);
  if (executor_.cache().reserve(*sequence, count) != Outcome::kOk) {
    executor_.cache().close(*sequence);
    return false;
  }
  readings_.push_back({.text = next_, .sequence = *sequence, .pool = model::Pool(pooling_)});
  add(readings_.back(), text, count);
  return true;
}

void Embedder::add(Reading& reading, const EmbedInput& text, int64_t count) {
  reading.now = count;
  for (int64_t i = reading.read; i < reading.read + count; ++i) {
    if (reading.pool.wants(i, std::ssize(text.tokens))) {
      outputs_.push_back(static_cast<int32_t>(tokens_.size()));
    }
    tokens_.push_back(text.tokens[static_cast<size_t>(i)]);
    if (executor_.token_types() > 0) {
      types_.push_back(text.types.empty() ? 0 : text.types[static_cast<size_t>(i)]);
    }
    sequences_.push_back(reading.sequence);
  }
}

void Embedder::run_pass(std::span<const EmbedInput> texts) {
  const std::span<const float> rows = executor_.run({.tokens = tokens_,
                                                     .sequences = sequences_,
                                                     .outputs = outputs_,
                                                     .types = types_,
                                                     .hidden = pooling_ != model::Pooling::kRank});
  const size_t width = outputs_.empty() ? 0 : rows.size() / outputs_.size();
  size_t row = 0;
  for (Reading& reading : readings_) {
    for (const int64_t end = reading.read + reading.now; reading.read < end; ++reading.read) {
      if (!reading.pool.wants(reading.read, std::ssize(texts[reading.text].tokens))) continue;
      reading.pool.add(rows.subspan(row++ * width, width));
    }
  }
}

}  // namespace cria::runner
