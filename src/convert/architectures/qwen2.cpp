// Qwen2 and Qwen2.5: Llama's layers, with biases of queries, keys and values.
// Reference: transformers/models/qwen2.

#include "convert/architecture.h"
#include "convert/decoder.h"
#include "convert/rope.h"
#include "convert/windows.h"

namespace cria::convert {
namespace {

void convert_qwen2(Conversion& c) {
  const Decoder d = write_decoder(c, "qwen2", {.context = 32768, .kv_heads = 32});
  write_rope(c, d, RopeFrequencies::kComputed);
  const int64_t first = c.config().count("max_window_layers", 28);
  refuse_windows(c.config(), d, [&](int64_t i) { return i >= first; });
  write_ends(c);
  for (int64_t i = 0; i < d.layers; ++i) {
    const Layer layer = c.layer(i);
    layer.linear("attn_norm", "input_layernorm");
    layer.linear("attn_q", "self_attn.q_proj", true);
    layer.linear("attn_k", "self_attn.k_proj", true);
    layer.linear("attn_v", "self_attn.v_proj", true);
    layer.linear("attn_output", "self_attn.o_proj");
    layer.linear("ffn_norm", "post_attention_layernorm");
    layer.linear("ffn_gate", "mlp.gate_proj");
    layer.linear("ffn_up", "mlp.up_proj");
    layer.linear("ffn_down", "mlp.down_proj");
  }
}

const Registration kRegistered{"Qwen2ForCausalLM", convert_qwen2};

}  // namespace
}  // namespace cria::convert
