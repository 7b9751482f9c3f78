#include "convert/experts.h"

namespace cria::convert {
namespace {

SourcePtr stack(const Layer& layer, const Experts& experts, const std::string& from,
                const std::string& part) {
  std::vector<SourcePtr> all;
  for (int64_t i = 0; i < experts.count; ++i) {
    all.push_back(layer.take(concat(from, '.', i, '.', part, ".weight")));
  }
  return stacked(all);
}

}  // namespace

Experts write_experts(Conversion& conversion) {
  const Config& c = conversion.config();
  const char* const key = c.has("num_local_experts")  ? "num_local_experts"
                          : c.has("n_routed_experts") ? "n_routed_experts"
                                                      : "num_experts";
  const Experts experts{.count = c.dim(key)};
  const int64_t used = c.dim("num_experts_per_tok");
  if (used > experts.count) {
    c.corrupt("num_experts_per_tok", "is ", used, ", expected at most ", key, ", which is ",
              experts.count);
  }
  conversion.check_count(key, experts.count);
  conversion.set_count("expert_count", experts.count);
  conversion.set_count("expert_used_count", used);
  return experts;
}

void write_expert_weights(const Layer& layer, const Experts& experts, const std::string& from,
                          const ExpertNames& names) {
  layer.tensor("ffn_gate_exps.weight", stack(layer, experts, from, names.gate));
  layer.tensor("ffn_up_exps.weight", stack(layer, experts, from, names.up));
  layer.tensor("ffn_down_exps.weight", stack(layer, experts, from, names.down));
}

}  // namespace cria::convert
