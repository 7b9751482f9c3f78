// OLMo 2 and 3: norms after attention and MLP, and of all queries and keys of a token at once; OLMo
// 3 has windows in most layers. Reference: transformers/models/olmo2 and olmo3.

#include "convert/architecture.h"
#include "convert/decoder.h"
#include "convert/rope.h"
#include "convert/windows.h"

namespace cria::convert {
namespace {

void write_layers(Conversion& c, const Decoder& d) {
  write_ends(c);
  const bool attention_bias = c.config().flag("attention_bias", false);
  for (int64_t i = 0; i < d.layers; ++i) {
    const Layer layer = c.layer(i);
    layer.linear("attn_q", "self_attn.q_proj", attention_bias);
    layer.linear("attn_q_norm", "self_attn.q_norm");
    layer.linear("attn_k", "self_attn.k_proj", attention_bias);
    layer.linear("attn_k_norm", "self_attn.k_norm");
    layer.linear("attn_v", "self_attn.v_proj", attention_bias);
    layer.linear("attn_output", "self_attn.o_proj", attention_bias);
    layer.linear("post_attention_norm", "post_attention_layernorm");
    layer.linear("ffn_gate", "mlp.gate_proj");
    layer.linear("ffn_up", "mlp.up_proj");
    layer.linear("ffn_down", "mlp.down_proj");
    layer.linear("post_ffw_norm", "post_feedforward_layernorm");
  }
}

void convert_olmo2(Conversion& c) {
  const Decoder d = write_decoder(c, "olmo2", {.context = 2048, .epsilon = {.fallback = 1e-5}});
  write_rope(c, d, RopeFrequencies::kComputed);
  write_layers(c, d);
}

void convert_olmo3(Conversion& c) {
  const Decoder d = write_decoder(c, "olmo2", {.context = 2048, .epsilon = {.fallback = 1e-5}});
  write_rope_of_layer_types(c, d, {.base = 500000});
  write_windows(c, d, {.window = 4096, .period = 4});
  write_layers(c, d);
}

const Registration kOlmo2{"Olmo2ForCausalLM", convert_olmo2};
const Registration kOlmo3{"Olmo3ForCausalLM", convert_olmo3};

}  // namespace
}  // namespace cria::convert
