// Granite 3: Llama's layers, with factors for embeddings, scores, residuals and logits.
// Reference: transformers/models/granite.

#include "convert/architecture.h"
#include "convert/decoder.h"
#include "convert/rope.h"

namespace cria::convert {
namespace {

void convert_granite(Conversion& c) {
  const Decoder d = write_decoder(c, "granite", {.context = 2048});
  write_rope(c, d, RopeFrequencies::kInFile);
  write_ends(c);
  const auto factor = [&](const char* to, const char* from) {
    c.set(to, static_cast<float>(c.config().positive(from, 1)));
  };
  factor("embedding_scale", "embedding_multiplier");
  factor("attention.scale", "attention_multiplier");
  factor("residual_scale", "residual_multiplier");
  factor("logit_scale", "logits_scaling");
  const bool attention_bias = c.config().flag("attention_bias", false);
  const bool mlp_bias = c.config().flag("mlp_bias", false);
  for (int64_t i = 0; i < d.layers; ++i) {
    const Layer layer = c.layer(i);
    layer.linear("attn_norm", "input_layernorm");
    layer.linear("attn_q", "self_attn.q_proj", attention_bias,
                 [&](const SourcePtr& q) { return adjacent_pairs(q, d.heads); });
    layer.linear("attn_k", "self_attn.k_proj", attention_bias,
                 [&](const SourcePtr& k) { return adjacent_pairs(k, d.kv_heads); });
    layer.linear("attn_v", "self_attn.v_proj", attention_bias);
    layer.linear("attn_output", "self_attn.o_proj", attention_bias);
    layer.linear("ffn_norm", "post_attention_layernorm");
    layer.linear("ffn_gate", "mlp.gate_proj", mlp_bias);
    layer.linear("ffn_up", "mlp.up_proj", mlp_bias);
    layer.linear("ffn_down", "mlp.down_proj", mlp_bias);
  }
}

const Registration kRegistered{"GraniteForCausalLM", convert_granite};

}  // namespace
}  // namespace cria::convert
