#pragma once
// Hyper-parameters that most decoders have, read together and checked against each other.

#include "ml/tensor.h"
#include "model/config.h"

namespace cria::model {

// The heads of an attention: Corrupt unless they can be shared out and sized evenly.
struct HeadOptions {
  int64_t query = 0, key_value = 0;  // how many
  int64_t dim = 0;                   // of each, for queries, keys and values alike
};
HeadOptions read_heads(const Config& config, int64_t width);

// The rotations, with linear or YaRN scaling: Unsupported for another one.
ml::RopeOptions read_rope(const Config& config, int64_t head_dim, ml::RopePairs pairs);

// A mixture of experts: Corrupt unless a token can use as many as it shall.
struct ExpertOptions {
  int64_t count = 0, used = 0;  // of one token
};
ExpertOptions read_experts(const Config& config);

// Unsupported when a file has one of these keys with another value than 0: what an architecture
// does not implement must not be ignored.
void refuse(const Config& config, std::initializer_list<std::string_view> keys);

}  // namespace cria::model
