// GLM-4 of 2025 (GLM-4-0414, GLM-Z1): its rotary pairs are adjacent in the checkpoint already.
// Reference: transformers/models/glm4.

#include "convert/architecture.h"
#include "convert/decoder.h"
#include "convert/rope.h"

namespace cria::convert {
namespace {

void convert_glm4(Conversion& c) {
  const Decoder d = write_decoder(
      c, "glm4",
      {.context = 131072, .kv_heads = 2, .head_dim = 128, .epsilon = {.fallback = 1.5625e-7}});
  write_rope(c, d, {.partial_factor = 0.5});
  write_ends(c);
  const bool bias = c.config().flag("attention_bias", true);
  for (int64_t i = 0; i < d.layers; ++i) {
    const Layer layer = c.layer(i);
    layer.linear("attn_norm", "input_layernorm");
    layer.linear("attn_q", "self_attn.q_proj", bias);
    layer.linear("attn_k", "self_attn.k_proj", bias);
    layer.linear("attn_v", "self_attn.v_proj", bias);
    layer.linear("attn_output", "self_attn.o_proj");
    layer.linear("post_attention_norm", "post_self_attn_layernorm");
    layer.linear("ffn_norm", "post_attention_layernorm");
    layer.linear("ffn_up", "mlp.gate_up_proj");
    layer.linear("ffn_down", "mlp.down_proj");
    layer.linear("post_ffw_norm", "post_mlp_layernorm");
  }
}

const Registration kRegistered{"Glm4ForCausalLM", convert_glm4};

}  // namespace
}  // namespace cria::convert
