// SmolLM3: Llama's layers, of which some do not rotate queries and keys.
// Reference: transformers/models/smollm3.

#include "convert/architecture.h"
#include "convert/decoder.h"
#include "convert/rope.h"
#include "convert/windows.h"

namespace cria::convert {
namespace {

// Written where it is another than every fourth, which the model takes for granted.
std::vector<bool> write_rotations(Conversion& c, const Decoder& d) {
  const Config& config = c.config();
  const std::vector<int64_t> given = config.integers("no_rope_layers");  // 1 where it rotates
  const int64_t interval = config.dim("no_rope_layer_interval", 4);
  if (!given.empty() && std::ssize(given) < d.layers) {
    config.corrupt("no_rope_layers", "has ", given.size(), " entries, expected one for each of ",
                   d.layers, " layers");
  }
  std::vector<bool> rotates, usual;
  for (int64_t i = 0; i < d.layers; ++i) {
    rotates.push_back(given.empty() ? (i + 1) % interval != 0 : given[static_cast<size_t>(i)] != 0);
    usual.push_back((i + 1) % 4 != 0);
  }
  if (rotates != usual) c.set("rope.layer_pattern", rotates);
  return rotates;
}

void convert_smollm3(Conversion& c) {
  const Decoder d = write_decoder(c, "smollm3", {.context = 32768, .kv_heads = 4});
  write_rope(c, d, {.base = 2e6});
  const std::vector<bool> rotates = write_rotations(c, d);
  const int64_t window = c.config().count("sliding_window", 0);
  const std::vector<bool> slides =
      sliding_layers(c.config(), d, [&](int64_t i) { return !rotates[static_cast<size_t>(i)]; });
  if (c.config().flag("use_sliding_window", false)) write_windows(c, window, slides);
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

const Registration kRegistered{"SmolLM3ForCausalLM", convert_smollm3};

}  // namespace
}  // namespace cria::convert
