// Qwen3 with a mixture of experts in each layer.
// Reference: transformers/models/qwen3_moe.

#include "convert/architecture.h"
#include "convert/decoder.h"
#include "convert/experts.h"
#include "convert/rope.h"
#include "convert/windows.h"

namespace cria::convert {
namespace {

void convert_qwen3moe(Conversion& c) {
  const Decoder d = write_decoder(c, "qwen3moe", {.context = 32768, .kv_heads = 4});
  write_rope(c, d, RopeFrequencies::kComputed);
  refuse_windows(c.config(), d, [](int64_t) { return true; });
  c.config().ignore({"max_window_layers"});  // the class does without
  const Experts experts = write_experts(c);
  c.set_count("expert_feed_forward_length", c.config().dim("moe_intermediate_size"));
  c.set("expert_weights_norm", c.config().flag("norm_topk_prob", false));
  if (c.config().count("decoder_sparse_step", 1) != 1) {
    c.config().unsupported("decoder_sparse_step", "is not 1, expected experts in every layer");
  }
  if (!c.config().integers("mlp_only_layers").empty()) {
    c.config().unsupported("mlp_only_layers", "is not empty, expected experts in every layer");
  }
  write_ends(c);
  const bool bias = c.config().flag("attention_bias", false);
  for (int64_t i = 0; i < d.layers; ++i) {
    const Layer layer = c.layer(i);
    layer.linear("attn_norm", "input_layernorm");
    layer.linear("attn_q", "self_attn.q_proj", bias);
    layer.linear("attn_q_norm", "self_attn.q_norm");
    layer.linear("attn_k", "self_attn.k_proj", bias);
    layer.linear("attn_k_norm", "self_attn.k_norm");
    layer.linear("attn_v", "self_attn.v_proj", bias);
    layer.linear("attn_output", "self_attn.o_proj", bias);
    layer.linear("ffn_norm", "post_attention_layernorm");
    layer.tensor("ffn_gate_inp.weight", layer.take("mlp.gate.weight"), Conversion::Precision::kF32);
    write_expert_weights(layer, experts, "mlp.experts");
  }
}

const Registration kRegistered{"Qwen3MoeForCausalLM", convert_qwen3moe};

}  // namespace
}  // namespace cria::convert
