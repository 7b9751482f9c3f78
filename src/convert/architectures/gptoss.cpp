// gpt-oss: experts with gates and what they let through in alternate rows, as MXFP4 or as floats.
// Reference: transformers/models/gpt_oss.

#include "convert/architecture.h"
#include "convert/block_sources.h"
#include "convert/decoder.h"
#include "convert/experts.h"
#include "convert/rope.h"
#include "convert/windows.h"

namespace cria::convert {
namespace {

// Every `step`th row of an expert's matrix from `first` on, and its bias. Floats are stored
// transposed: [experts, in, out].
void write_matrix(const Layer& layer, const std::string& name, const std::string& from,
                  const std::vector<int64_t>& shape, int64_t first, int64_t step) {
  const int64_t experts = shape[0], out = shape[1], in = shape[2], rows = out * step;
  const SourcePtr weight = layer.has(from + "_blocks")
                               ? shaped(mxfp4(layer.take_bytes(from + "_blocks"),
                                              layer.take_bytes(from + "_scales"), first, step),
                                        shape)
                               : strided(shaped(layer.take(from), {experts, in, rows}), shape,
                                         {in * rows, step, rows}, first);
  layer.tensor(name + ".weight", weight);
  layer.tensor(name + ".bias",
               strided(shaped(layer.take(from + "_bias"), {experts, rows}), {experts, out},
                       {rows, step}, first),
               Conversion::Precision::kF32);
}

void convert_gptoss(Conversion& c) {
  const Decoder d = write_decoder(
      c, "gpt-oss",
      {.context = 131072, .kv_heads = 8, .head_dim = 64, .epsilon = {.fallback = 1e-5}});
  const Config& config = c.config();
  write_rope(c, d, {.base = 150000});
  write_windows(c, d, {.window = 128, .period = 2});
  config.ignore({"experts_per_token", "initial_context_length"});  // said otherwise, too
  const Experts experts = write_experts(c);
  const int64_t hidden = config.dim("intermediate_size");
  c.set_count("expert_feed_forward_length", hidden);
  for (const char* key : {"swiglu_alpha", "swiglu_limit"}) {
    if (config.has(key)) c.set(key, static_cast<float>(config.positive(key)));
  }
  write_ends(c);
  const bool bias = config.flag("attention_bias", true);
  for (int64_t i = 0; i < d.layers; ++i) {
    const Layer layer = c.layer(i);
    layer.linear("attn_norm", "input_layernorm");
    layer.linear("attn_q", "self_attn.q_proj", bias);
    layer.linear("attn_k", "self_attn.k_proj", bias);
    layer.linear("attn_v", "self_attn.v_proj", bias);
    layer.linear("attn_output", "self_attn.o_proj", bias);
    layer.tensor("attn_sinks.weight", layer.take("self_attn.sinks"));
    layer.linear("post_attention_norm", "post_attention_layernorm");
    layer.tensor("ffn_gate_inp.weight", layer.take("mlp.router.weight"),
                 Conversion::Precision::kF32);
    layer.tensor("ffn_gate_inp.bias", layer.take("mlp.router.bias"));
    const std::vector<int64_t> into{experts.count, hidden, d.width};
    write_matrix(layer, "ffn_gate_exps", "mlp.experts.gate_up_proj", into, 0, 2);
    write_matrix(layer, "ffn_up_exps", "mlp.experts.gate_up_proj", into, 1, 2);
    write_matrix(layer, "ffn_down_exps", "mlp.experts.down_proj", {experts.count, d.width, hidden},
                 0, 1);
  }
}

const Registration kRegistered{"GptOssForCausalLM", convert_gptoss};

}  // namespace
}  // namespace cria::convert
