// Llama 1 to 3, SmolLM2 and what else has this class.
// Reference: transformers/models/llama.

#include "convert/architecture.h"
#include "convert/decoder.h"
#include "convert/rope.h"

namespace cria::convert {
namespace {

void convert_llama(Conversion& c) {
  const Decoder d = write_decoder(c, "llama", {.context = 2048});
  write_rope(c, d, RopeFrequencies::kInFile);
  write_ends(c);
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

const Registration kRegistered{"LlamaForCausalLM", convert_llama};

}  // namespace
}  // namespace cria::convert
