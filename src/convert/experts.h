#pragma once
// Mixtures of experts.

#include "convert/conversion.h"

namespace cria::convert {

struct Experts {
  int64_t count = 0;
};

// Reads the sizes, and writes expert_count, expert_used_count and expert_feed_forward_length.
Experts write_experts(Conversion& conversion);

// ffn_{gate,up,down}_exps from FROM.N.{gate,up,down}_proj.
void write_expert_weights(const Layer& layer, const Experts& experts, const std::string& from);

}  // namespace cria::convert
