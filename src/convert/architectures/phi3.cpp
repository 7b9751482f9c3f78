// Phi-3, Phi-3.5, Phi-4.
// Reference: transformers/models/phi3.

#include "convert/architecture.h"
#include "convert/decoder.h"
#include "convert/rope.h"
#include "convert/windows.h"

namespace cria::convert {
namespace {

void convert_phi3(Conversion& c) {
  const Decoder d = write_decoder(
      c, "phi3", {.context = 4096, .epsilon = {.fallback = 1e-5}, .activation = {.any = true}});
  c.config().ignore({"embd_pdrop", "resid_pdrop", "original_max_position_embeddings"});
  c.config().expect_flag("attention_bias", false);
  write_window(c, d, 0);
  write_rope(c, d, {.frequencies = RopeFrequencies::kLong, .partial_factor = 1});
  write_ends(c);
  for (int64_t i = 0; i < d.layers; ++i) {
    const Layer layer = c.layer(i);
    layer.linear("attn_norm", "input_layernorm");
    layer.linear("attn_qkv", "self_attn.qkv_proj");
    layer.linear("attn_output", "self_attn.o_proj");
    layer.linear("ffn_norm", "post_attention_layernorm");
    layer.linear("ffn_up", "mlp.gate_up_proj");
    layer.linear("ffn_down", "mlp.down_proj");
  }
}

const Registration kRegistered{"Phi3ForCausalLM", convert_phi3};

}  // namespace
}  // namespace cria::convert
