// Mistral 7B, Mistral NeMo, Mistral Small: Llama's layers, with a window in the first one.
// Reference: transformers/models/mistral.

#include "convert/architecture.h"
#include "convert/decoder.h"
#include "convert/rope.h"

namespace cria::convert {
namespace {

void convert_mistral(Conversion& c) {
  const Decoder d = write_decoder(c, "llama", {.context = 4096 * 32, .kv_heads = 8});
  write_rope(c, d, RopeFrequencies::kInFile);
  write_ends(c);
  const bool has_default = !c.config().mentions("sliding_window");
  const int64_t window = c.config().count("sliding_window", has_default ? 4096 : 0);
  if (effective_window(d, window) > 0) c.set_count("attention.sliding_window", window);
  for (int64_t i = 0; i < d.layers; ++i) {
    const Layer layer = c.layer(i);
    layer.linear("attn_norm", "input_layernorm");
    layer.linear("attn_q", "self_attn.q_proj", false,
                 [&](const SourcePtr& q) { return adjacent_pairs(q, d.heads); });
    layer.linear("attn_k", "self_attn.k_proj", false,
                 [&](const SourcePtr& k) { return adjacent_pairs(k, d.kv_heads); });
    layer.linear("attn_v", "self_attn.v_proj");
    layer.linear("attn_output", "self_attn.o_proj");
    layer.linear("ffn_norm", "post_attention_layernorm");
    layer.linear("ffn_gate", "mlp.gate_proj");
    layer.linear("ffn_up", "mlp.up_proj");
    layer.linear("ffn_down", "mlp.down_proj");
  }
}

const Registration kRegistered{"MistralForCausalLM", convert_mistral};

}  // namespace
}  // namespace cria::convert
