#pragma once
// Results of a model against those in a safetensors file: "input_ids" in; "hidden.0", ..., "logits"
// or "embedding.mean", ...
// out, also those of layers by their names in the file, "blk.0.attn_output"; and the tokens
// "greedy.tokens" that follow "greedy.prompt".

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "cmd/evaluation.h"
#include "fs/safetensors/safetensors.h"

namespace cria::cmd {

struct TensorComparison {
  std::string name;
  std::vector<int64_t> shape;  // as in the file
  double nmse = 0;             // meaningless with a problem
  std::string problem;         // why it could not be compared, or ""
  bool agrees = false;
};

struct GreedyComparison {
  size_t compared = 0;                 // tokens that agree from the start
  size_t expected = 0;                 // tokens in the file
  std::optional<int32_t> got, wanted;  // where they part
  std::string problem;                 // why there was nothing to compare, or ""
  bool agrees() const { return problem.empty() && compared == expected; }
};

struct Comparison {
  std::vector<TensorComparison> tensors;  // in order of layers, the logits last
  std::optional<GreedyComparison> greedy;
  std::string first_departure;  // of the tensors; "" if none
  bool agrees() const;
};

// The ids that the file's results belong to: a tensor, or a list in the metadata. Nothing if there
// are none.
std::vector<int32_t> input_ids(const safetensors::File& file);
// The most tokens that comparing with the file puts into one sequence.
int64_t tokens_needed(const safetensors::File& file);
// The layers whose results the file has.
std::vector<std::string> layers_named(const safetensors::File& file);

Comparison compare_with(const safetensors::File& file, model::Executor& executor, double max_nmse);

}  // namespace cria::cmd
