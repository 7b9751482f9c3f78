// Qwen3: Llama's layers, with norms of queries and keys.
// Reference: transformers/models/qwen3.

#include "convert/architecture.h"
#include "convert/decoder.h"
#include "convert/rope.h"
#include "convert/windows.h"

namespace cria::convert {
namespace {

void convert_qwen3(Conversion& c) {
  const Decoder d = write_decoder(c, "qwen3", {.context = 32768, .kv_heads = 32, .head_dim = 128});
  write_rope(c, d, RopeFrequencies::kComputed);
  const int64_t first = c.config().count("max_window_layers", 28);
  refuse_windows(c.config(), d, [&](int64_t i) { return i >= first; });
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
    layer.linear("ffn_gate", "mlp.gate_proj");
    layer.linear("ffn_up", "mlp.up_proj");
    layer.linear("ffn_down", "mlp.down_proj");
  }
}

const Registration kRegistered{"Qwen3ForCausalLM", convert_qwen3};

}  // namespace
}  // namespace cria::convert
