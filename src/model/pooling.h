#pragma once
// How what a model makes of a text's tokens becomes one vector: the text's embedding, or its score.

#include <cstdint>
#include <span>
#include <string_view>
#include <vector>

#include "model/config.h"
#include "model/model.h"

namespace cria::model {

// GGUF's numbers.
enum class Pooling : uint8_t {
  kNone,  // the file does not say
  kMean,  // of all tokens
  kCls,   // the first token
  kLast,
  kRank,  // a classifier's score of the first token
};

// As the file says. Corrupt: a number that stands for nothing.
Pooling read_pooling(const Config& config);
// What to take for a model of this output: where the file does not say, encoders' texts are the
// mean of their tokens, as sentence-transformers takes it to be, and decoders' are the last token.
Pooling pooling_for(const Config& config, Output output);
std::string_view name_of(Pooling pooling);

// Gathers the rows of one text, in order.
class Pool {
 public:
  explicit Pool(Pooling pooling) : pooling_(pooling) {}

  // Whether token i of n has a part in the result.
  bool wants(int64_t token, int64_t tokens) const;
  void add(std::span<const float> row);
  std::vector<float> vector() const;

 private:
  Pooling pooling_;
  int64_t rows_ = 0;
  std::vector<double> sum_;
};

// To length 1; zeros stay.
void normalize(std::span<float> vector);

}  // namespace cria::model
