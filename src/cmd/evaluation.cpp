#include "cmd/evaluation.h"

#include <algorithm>
#include <numeric>

#include "base/error.h"

namespace cria::cmd {
namespace {

kvcache::Sequence open_sequence(kvcache::Cache& cache) {
  const std::optional<kvcache::Sequence> sequence = cache.open();
  CRIA_CHECK(sequence.has_value());
  return *sequence;
}

// Adds the rows of one pass to what earlier passes gave.
void append(Result& result, std::span<const int64_t> shape, std::span<const float> values) {
  if (result.shape.empty()) {
    result.shape.assign(shape.begin(), shape.end());
  } else {
    CRIA_CHECK(std::ranges::equal(std::span(result.shape).subspan(1), shape.subspan(1)));
    result.shape[0] += shape[0];
  }
  result.values.insert(result.values.end(), values.begin(), values.end());
}

}  // namespace

SequenceRunner::SequenceRunner(model::Executor& executor)
    : executor_(executor), sequence_(open_sequence(executor.cache())) {}

SequenceRunner::~SequenceRunner() { executor_.cache().close(sequence_); }

void SequenceRunner::reserve(int64_t tokens) {
  if (executor_.cache().reserve(sequence_, tokens) != kvcache::Cache::Outcome::kOk) {
    fail(Error::Code::kOutOfMemory, "the cache has no room for ", tokens, " tokens after ",
         executor_.cache().length(sequence_), ", it holds ", executor_.cache().context());
  }
}

void SequenceRunner::encode(std::span<const model::PlacedPicture> pictures) {
  if (executor_.encode(sequence_, pictures) == kvcache::Cache::Outcome::kOk) return;
  fail(Error::Code::kOutOfMemory, "the cache has no room for ", pictures.size(), " pictures");
}

void SequenceRunner::truncate(int64_t length) {
  if (executor_.cache().truncate(sequence_, length)) return;
  fail(Error::Code::kUnsupported, "the model's cache can not go back from ",
       executor_.cache().length(sequence_), " tokens to ", length);
}

std::span<const float> SequenceRunner::pass(std::span<const int32_t> tokens, Rows rows) {
  reserve(static_cast<int64_t>(tokens.size()));
  sequences_.assign(tokens.size(), sequence_);
  outputs_.resize(rows == Rows::kAll ? tokens.size() : 1);
  std::iota(outputs_.begin(), outputs_.end(),
            static_cast<int32_t>(tokens.size() - outputs_.size()));
  return executor_.run({.tokens = tokens, .sequences = sequences_, .outputs = outputs_});
}

std::span<const float> SequenceRunner::feed(std::span<const int32_t> tokens) {
  const auto most = static_cast<size_t>(executor_.options().max_tokens);
  std::span<const float> logits;
  while (!tokens.empty()) {
    const size_t count = std::min(most, tokens.size());
    logits = pass(tokens.first(count), Rows::kLast);
    tokens = tokens.subspan(count);
  }
  return logits;
}

std::vector<Result> evaluate(model::Executor& executor, std::span<const int32_t> ids) {
  SequenceRunner runner(executor);
  const auto most = static_cast<size_t>(executor.options().max_tokens);
  const bool is_encoder = executor.output() == model::Output::kHidden;
  std::vector<Result> results{
      {.name = is_encoder ? "last_hidden_state" : "logits", .shape = {}, .values = {}}};
  for (size_t first = 0; first < ids.size(); first += most) {
    const auto tokens = ids.subspan(first, std::min(most, ids.size() - first));
    const auto logits = runner.pass(tokens, SequenceRunner::Rows::kAll);
    if (first == 0) results[0].values.reserve(logits.size() / tokens.size() * ids.size());
    const int64_t shape[] = {std::ssize(tokens), std::ssize(logits) / std::ssize(tokens)};
    append(results[0], shape, logits);
    const std::vector<model::NamedResult> trace = executor.trace();
    for (size_t i = 0; i < trace.size(); ++i) {
      if (first == 0) results.push_back({.name = trace[i].name, .shape = {}, .values = {}});
      CRIA_CHECK(results[i + 1].name == trace[i].name);
      append(results[i + 1], trace[i].shape.dims(), trace[i].values);
    }
  }
  return results;
}

int32_t argmax(std::span<const float> logits) {
  return static_cast<int32_t>(std::ranges::max_element(logits) - logits.begin());
}

}  // namespace cria::cmd
