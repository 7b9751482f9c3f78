// Tiny ones of this architecture, with which all tests of architectures run.

#include "model/models/test_configs.h"

namespace cria::model {
namespace {

MapConfig latent(const MapConfig& config) {
  return config.with("attention.head_count_kv", 1)
      .with("attention.kv_lora_rank", 32)
      .with("attention.key_length_mla", 24)
      .with("attention.value_length_mla", 16)
      .with("rope.dimension_count", 8)
      .with("leading_dense_block_count", 1)
      .with("expert_count", 6)
      .with("expert_used_count", 2)
      .with("expert_shared_count", 2)
      .with("expert_feed_forward_length", 32);
}

const TestedDecoders kTested{
    {"deepseek2", latent(decoder("deepseek2"))
                      .with("attention.q_lora_rank", 32)
                      .with("expert_gating_func", 2)
                      .with("expert_weights_scale", 2.5)
                      .with("expert_group_count", 3)
                      .with("expert_group_used_count", 2)
                      .with_flag("expert_weights_norm", true)},
    {"deepseek2_with_softmax_and_yarn", with_yarn(latent(decoder("deepseek2")))
                                            .with("rope.scaling.yarn_log_multiplier", 0.0707)
                                            .with("expert_group_count", 2)},
};

}  // namespace
}  // namespace cria::model
