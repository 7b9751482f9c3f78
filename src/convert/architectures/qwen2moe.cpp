// Qwen1.5-MoE and Qwen2-MoE: Qwen2 with a mixture of experts in each layer, one of them shared.
// Reference: transformers/models/qwen2_moe.

#include "convert/architecture.h"
#include "convert/decoder.h"
#include "convert/experts.h"
#include "convert/rope.h"
#include "convert/windows.h"

namespace cria::convert {
namespace {

void convert_qwen2moe(Conversion& c) {
  const Decoder d = write_decoder(c, "qwen2moe", {.context = 32768, .kv_heads = 16});
  write_rope(c, d, RopeFrequencies::kComputed);
  const int64_t windows = c.config().count("max_window_layers", 28);
  refuse_windows(c.config(), d, [&](int64_t i) { return i % 2 == 0 && i < windows; });
  const Experts experts = write_experts(c);
  c.set_count("expert_feed_forward_length", c.config().dim("moe_intermediate_size", 1408));
  c.set_count("expert_shared_feed_forward_length",
              c.config().dim("shared_expert_intermediate_size", 5632));
  c.set("expert_weights_norm", c.config().flag("norm_topk_prob", false));
  if (c.config().count("decoder_sparse_step", 1) != 1) {
    c.config().unsupported("decoder_sparse_step", "is not 1, expected experts in every layer");
  }
  if (!c.config().integers("mlp_only_layers").empty()) {
    c.config().unsupported("mlp_only_layers", "is not empty, expected experts in every layer");
  }
  write_ends(c);
  const bool bias = c.config().flag("qkv_bias", true);
  for (int64_t i = 0; i < d.layers; ++i) {
    const Layer layer = c.layer(i);
    layer.linear("attn_norm", "input_layernorm");
    layer.linear("attn_q", "self_attn.q_proj", bias);
    layer.linear("attn_k", "self_attn.k_proj", bias);
    layer.linear("attn_v", "self_attn.v_proj", bias);
    layer.linear("attn_output", "self_attn.o_proj");
    layer.linear("ffn_norm", "post_attention_layernorm");
    layer.tensor("ffn_gate_inp.weight", layer.take("mlp.gate.weight"), Conversion::Precision::kF32);
    write_expert_weights(layer, experts, "mlp.experts");
    layer.linear("ffn_gate_shexp", "mlp.shared_expert.gate_proj");
    layer.linear("ffn_up_shexp", "mlp.shared_expert.up_proj");
    layer.linear("ffn_down_shexp", "mlp.shared_expert.down_proj");
    layer.tensor(
        "ffn_gate_inp_shexp.weight",
        strided(shaped(layer.take("mlp.shared_expert_gate.weight"), {1, d.width}), {d.width}, {1}));
  }
}

const Registration kRegistered{"Qwen2MoeForCausalLM", convert_qwen2moe};

}  // namespace
}  // namespace cria::convert
