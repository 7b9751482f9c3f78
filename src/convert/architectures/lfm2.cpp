// LFM2: short convolutions beside attention.
// Reference: transformers/models/lfm2.

#include <algorithm>

#include "base/quote.h"
#include "convert/architecture.h"
#include "convert/decoder.h"
#include "convert/rope.h"

namespace cria::convert {
namespace {

// The config's size may stand for that of a perceptron without gate.
int64_t read_feed_forward(const Config& f) {
  int64_t size = f.dim("block_ff_dim", f.dim("intermediate_size", 12288));
  const bool adjusts = f.flag("block_auto_adjust_ff_dim", true);
  const double factor = f.positive("block_ffn_dim_multiplier", 1);
  const int64_t multiple = f.dim("block_multiple_of", 256);
  if (!adjusts) return size;
  size = 2 * size / 3;
  const bool has_factor =
      f.has("block_ffn_dim_multiplier") || !f.mentions("block_ffn_dim_multiplier");
  if (!has_factor) return size;
  size = static_cast<int64_t>(factor * static_cast<double>(size));
  return (size + multiple - 1) / multiple * multiple;
}

// For each layer, the heads of its keys; 0: it is a convolution.
std::vector<int32_t> read_layers(const Config& f, const Decoder& d) {
  const std::vector<std::string> types = f.texts("layer_types");
  const std::vector<int64_t> attending = f.integers("full_attn_idxs");
  const auto kv_heads = static_cast<int32_t>(d.kv_heads);
  std::vector<int32_t> layers(static_cast<size_t>(d.layers),
                              attending.empty() && types.empty() ? kv_heads : 0);
  if (types.empty()) {
    for (const int64_t i : attending) {
      if (i >= 0 && i < d.layers) layers[static_cast<size_t>(i)] = kv_heads;
    }
    return layers;
  }
  if (types.size() != layers.size()) {
    f.corrupt("layer_types", "has ", types.size(), " entries, expected one for each of ", d.layers,
              " layers");
  }
  for (size_t i = 0; i < types.size(); ++i) {
    if (types[i] != "conv" && types[i] != "full_attention") {
      f.unsupported("layer_types", "has ", quote(types[i]), ", expected conv or full_attention");
    }
    if (types[i] != "conv") layers[i] = kv_heads;
  }
  return layers;
}

Decoder read_sizes(const Config& f) {
  Decoder d{.vocab = f.dim("vocab_size", 65536),
            .context = f.dim("max_position_embeddings", 128000),
            .width = f.dim("hidden_size", 2560),
            .layers = f.dim("num_hidden_layers", 32),
            .heads = f.dim("num_attention_heads", 32),
            .kv_heads = f.dim("num_key_value_heads", 8)};
  d.head_dim = f.dim("head_dim", std::max<int64_t>(1, d.width / d.heads));
  if (d.heads % d.kv_heads != 0 || d.head_dim % 2 != 0) {
    f.corrupt("num_attention_heads", "is ", d.heads, " with ", d.kv_heads,
              " num_key_value_heads and a head_dim of ", d.head_dim,
              ", expected a multiple of them and an even size");
  }
  // What was there to train it, and other names of the same.
  f.ignore({"block_dim", "block_mlp_init_scale", "block_norm_eps", "block_out_init_scale",
            "block_use_swiglu", "block_use_xavier_init", "conv_dim", "conv_dim_out",
            "conv_use_xavier_init", "num_heads", "rms_norm_eps", "use_pos_enc", "theta"});
  return d;
}

Decoder write_sizes(Conversion& c) {
  const Config& f = c.config();
  const Decoder d = read_sizes(f);
  c.check_count("num_hidden_layers", d.layers);
  c.architecture("lfm2");
  c.set_count("vocab_size", d.vocab);
  c.set_count("context_length", d.context);
  c.set_count("embedding_length", d.width);
  c.set_count("block_count", d.layers);
  c.set_count("feed_forward_length", read_feed_forward(f));
  c.set_count("attention.head_count", d.heads);
  c.set("attention.head_count_kv", read_layers(f, d));
  c.set_count("attention.key_length", d.head_dim);
  c.set_count("attention.value_length", d.head_dim);
  c.set("attention.layer_norm_rms_epsilon", static_cast<float>(f.positive("norm_eps", 1e-5)));
  c.set_count("shortconv.l_cache", f.dim("conv_L_cache", 3));
  return d;
}

void write_convolution(const Layer& layer, bool bias) {
  const SourcePtr kernel = layer.take("conv.conv.weight");  // [width, 1, tokens]
  layer.tensor("shortconv.conv.weight", without_dimension(kernel, 1), Conversion::Precision::kF32);
  if (bias) layer.tensor("shortconv.conv.bias", layer.take("conv.conv.bias"));
  layer.linear("shortconv.in_proj", "conv.in_proj", bias);
  layer.linear("shortconv.out_proj", "conv.out_proj", bias);
}

void write_attention(const Layer& layer) {
  layer.linear("attn_q", "self_attn.q_proj");
  layer.linear("attn_q_norm", "self_attn.q_layernorm");
  layer.linear("attn_k", "self_attn.k_proj");
  layer.linear("attn_k_norm", "self_attn.k_layernorm");
  layer.linear("attn_v", "self_attn.v_proj");
  layer.linear("attn_output", "self_attn.out_proj");
}

void convert_lfm2(Conversion& c) {
  read_common_fields(c);
  const Config& f = c.config();
  const Decoder d = write_sizes(c);
  write_rope(c, d, {.base = 1000000});
  c.linear("token_embd", "model.embed_tokens");
  c.linear("token_embd_norm", "model.embedding_norm");  // which follows the last layer
  c.output(f.flag("tie_embedding", f.flag("tie_word_embeddings", true)));
  const std::vector<int32_t> layers = read_layers(f, d);
  const bool bias = f.flag("conv_bias", false);
  for (int64_t i = 0; i < d.layers; ++i) {
    const Layer layer = c.layer(i);
    layer.linear("attn_norm", "operator_norm");
    if (layers[static_cast<size_t>(i)] > 0) {
      write_attention(layer);
    } else {
      write_convolution(layer, bias);
    }
    layer.linear("ffn_norm", "ffn_norm");
    layer.linear("ffn_gate", "feed_forward.w1");
    layer.linear("ffn_up", "feed_forward.w3");
    layer.linear("ffn_down", "feed_forward.w2");
  }
}

const Registration kRegistered{"Lfm2ForCausalLM", convert_lfm2};

}  // namespace
}  // namespace cria::convert
