#pragma once
// Mixtures of experts.

#include "convert/conversion.h"

namespace cria::convert {

struct Experts {
  int64_t count = 0;
};

// Reads the sizes, and writes expert_count and expert_used_count.
Experts write_experts(Conversion& conversion);

// The names of an expert's matrices.
struct ExpertNames {
  std::string gate = "gate_proj", up = "up_proj", down = "down_proj";
};

// ffn_{gate,up,down}_exps from FROM.N.{gate,up,down}.
void write_expert_weights(const Layer& layer, const Experts& experts, const std::string& from,
                          const ExpertNames& names = {});

}  // namespace cria::convert
