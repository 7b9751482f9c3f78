// Apertus.
// Reference: transformers/models/apertus.

#include "convert/architecture.h"
#include "convert/cast.h"
#include "convert/decoder.h"
#include "convert/rope.h"

namespace cria::convert {
namespace {

// A parameter that the file has among its metadata, and not as a tensor.
float number(const SourcePtr& source) {
  if (!source) return 0;  // reported once all is taken
  const SourcePtr one = source->shape().empty() ? source : shaped(source, {1});
  std::vector<std::byte> bytes(element_bytes(one->dtype()));
  one->read(0, bytes);
  float value = 0;
  cast(one->dtype(), bytes, OutputType::kF32, std::as_writable_bytes(std::span(&value, 1)));
  return value;
}

void write_xielus(Conversion& c, const Decoder& d) {
  for (const std::string name : {"alpha_p", "alpha_n", "beta", "eps"}) {
    std::vector<float> values;
    for (int64_t i = 0; i < d.layers; ++i) {
      values.push_back(number(c.layer(i).take("mlp.act_fn." + name)));
    }
    c.file().metadata("xielu." + name, values);
  }
}

// Without either the class rotates as Llama 3.1 does, with numbers of its own.
void expect_rope(const Config& config) {
  if (config.has("rope_parameters") || config.has("rope_scaling")) return;
  config.unsupported("rope_parameters", "is absent, expected the rotation");
}

void convert_apertus(Conversion& c) {
  const Decoder d = write_decoder(
      c, "apertus",
      {.context = 65536, .epsilon = {.fallback = 1e-5}, .activation = {.fallback = "xielu"}});
  expect_rope(c.config());
  write_rope(c, d, {.frequencies = RopeFrequencies::kInFile, .base = 12e6});
  write_xielus(c, d);
  write_ends(c);
  const bool bias = c.config().flag("attention_bias", false);
  for (int64_t i = 0; i < d.layers; ++i) {
    const Layer layer = c.layer(i);
    layer.linear("attn_norm", "attention_layernorm");
    layer.linear("attn_q", "self_attn.q_proj", bias);
    layer.linear("attn_q_norm", "self_attn.q_norm");
    layer.linear("attn_k", "self_attn.k_proj", bias);
    layer.linear("attn_k_norm", "self_attn.k_norm");
    layer.linear("attn_v", "self_attn.v_proj", bias);
    layer.linear("attn_output", "self_attn.o_proj", bias);
    layer.linear("ffn_norm", "feedforward_layernorm");
    layer.linear("ffn_up", "mlp.up_proj");
    layer.linear("ffn_down", "mlp.down_proj");
  }
}

const Registration kRegistered{"ApertusForCausalLM", convert_apertus};

}  // namespace
}  // namespace cria::convert
