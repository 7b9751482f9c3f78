#pragma once
// Hyper-parameters that most decoders have, read together and checked against each other.

#include "ml/tensor.h"
#include "model/config.h"
#include "nn/experts.h"

namespace cria::model {

// The heads of an attention: Corrupt unless they can be shared out and sized evenly.
struct HeadOptions {
  int64_t query = 0, key_value = 0;  // how many
  int64_t dim = 0;                   // of each, for queries, keys and values alike
};
HeadOptions read_heads(const Config& config, int64_t width);

// The rotations, with linear or YaRN scaling, or LongRoPE's magnitude: its divisors of the
// frequencies are weights. Unsupported for another one.
ml::RopeOptions read_rope(const Config& config, int64_t head_dim, ml::RopePairs pairs);

// How far each layer's tokens see, themselves included: 0 where they see all. Files have one
// window, and say which layers it is for by a flag each, or by a number n: of every n layers, the
// last has none. `period` is that number where they do not say, as it was when the keys were made,
// and `fallback` the window.
std::vector<int64_t> read_windows(const Config& config, int64_t layers, int64_t period,
                                  int64_t fallback = 0);

// What scores or logits may not exceed, by ml::softcap; 0: none.
float read_cap(const Config& config, std::string_view key, float fallback);

// The activation of a perceptron, by the names that Hugging Face has for them: Unsupported for an
// unknown one.
ml::Activation read_activation(const Config& config, ml::Activation fallback);

// A mixture of experts: Corrupt unless a token can use as many as it shall.
struct ExpertOptions {
  int64_t count = 0, used = 0;  // of one token
};
ExpertOptions read_experts(const Config& config);

// Whom a router sends a token to: Corrupt unless groups and experts go round.
nn::RouterOptions read_router(const Config& config);

// Unsupported when a file has one of these keys with another value than 0: what an architecture
// does not implement must not be ignored.
void refuse(const Config& config, std::initializer_list<std::string_view> keys);

}  // namespace cria::model
