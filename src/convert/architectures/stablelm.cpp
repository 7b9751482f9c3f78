// StableLM and StableLM 2.
// Reference: transformers/models/stablelm.

#include "convert/architecture.h"
#include "convert/decoder.h"
#include "convert/rope.h"

namespace cria::convert {
namespace {

// A norm's weights for each head.
void write_head_norms(const Layer& layer, const std::string& name, const std::string& from,
                      int64_t heads) {
  std::vector<SourcePtr> norms;
  for (int64_t h = 0; h < heads; ++h) {
    norms.push_back(layer.take(from + ".norms." + std::to_string(h) + ".weight"));
  }
  layer.tensor(name + ".weight", stacked(norms), Conversion::Precision::kF32);
}

void convert_stablelm(Conversion& c) {
  const Decoder d = write_decoder(c, "stablelm",
                                  {.context = 4096,
                                   .kv_heads = 32,
                                   .epsilon = layer_norm_epsilon("layer_norm_eps"),
                                   .activation = {.any = true}});
  c.config().ignore({"rms_norm_eps", "rope_pct"});
  write_rope(c, d, {.partial_factor = 0.25});
  write_ends(c, {.bias = true});
  const bool bias = c.config().flag("use_qkv_bias", false);
  const bool head_norms = c.config().flag("qk_layernorm", false);
  const bool parallel = c.config().flag("use_parallel_residual", false);
  c.set("use_parallel_residual", parallel);
  for (int64_t i = 0; i < d.layers; ++i) {
    const Layer layer = c.layer(i);
    layer.linear("attn_norm", "input_layernorm", true);
    layer.linear("attn_q", "self_attn.q_proj", bias);
    layer.linear("attn_k", "self_attn.k_proj", bias);
    layer.linear("attn_v", "self_attn.v_proj", bias);
    layer.linear("attn_output", "self_attn.o_proj");
    if (head_norms) {
      write_head_norms(layer, "attn_q_norm", "self_attn.q_layernorm", d.heads);
      write_head_norms(layer, "attn_k_norm", "self_attn.k_layernorm", d.kv_heads);
    }
    if (!parallel) layer.linear("ffn_norm", "post_attention_layernorm", true);
    layer.linear("ffn_gate", "mlp.gate_proj");
    layer.linear("ffn_up", "mlp.up_proj");
    layer.linear("ffn_down", "mlp.down_proj");
  }
}

const Registration kRegistered{"StableLmForCausalLM", convert_stablelm};

}  // namespace
}  // namespace cria::convert
