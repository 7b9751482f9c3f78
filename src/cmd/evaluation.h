#pragma once
// Runs token ids through a model and keeps what comes out.

#include <cstdint>
#include <span>
#include <string>
#include <vector>

#include "model/executor.h"

namespace cria::cmd {

// One sequence of an executor's cache, fed pass by pass.
class SequenceRunner {
 public:
  explicit SequenceRunner(model::Executor& executor);
  ~SequenceRunner();
  SequenceRunner(const SequenceRunner&) = delete;
  SequenceRunner& operator=(const SequenceRunner&) = delete;

  enum class Rows { kAll, kLast };
  // One pass of at most options().max_tokens: the logits [rows, vocab], valid until the next one.
  std::span<const float> pass(std::span<const int32_t> tokens, Rows rows);
  // As many passes as it takes: the logits [vocab] of the last token.
  std::span<const float> feed(std::span<const int32_t> tokens);
  // Room for tokens that a pass of several sequences will add: OutOfMemory.
  void reserve(int64_t tokens);
  // The pictures that the tokens to come stand for, before the first: OutOfMemory.
  void encode(std::span<const model::PlacedPicture> pictures);
  kvcache::Sequence sequence() const { return sequence_; }
  void truncate(int64_t length);  // Unsupported: the model no longer has what it would go on from

 private:
  model::Executor& executor_;
  kvcache::Sequence sequence_;
  std::vector<kvcache::Sequence> sequences_;
  std::vector<int32_t> outputs_;
};

struct Result {
  std::string name;
  std::vector<int64_t> shape;
  std::vector<float> values;
};

// "logits" [tokens, vocab], of a model that gives scores [tokens, labels], and of one that only
// reads "last_hidden_state" [tokens, width]; then, if the executor traces, every named result, its
// passes joined along the first dimension.
std::vector<Result> evaluate(model::Executor& executor, std::span<const int32_t> ids);

// The token that greedy decoding takes: the largest logit, the lowest id among equals.
int32_t argmax(std::span<const float> logits);

}  // namespace cria::cmd
