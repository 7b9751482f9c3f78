// Llama 3.2 Vision.
// Reference: transformers/models/mllama.

#include <algorithm>
#include <cmath>
#include <cstdio>

#include "convert/architecture.h"
#include "convert/decoder.h"
#include "convert/rope.h"

namespace cria::convert {
namespace {

std::vector<int64_t> integers_or(const Config& config, std::string_view key,
                                 const std::vector<int64_t>& fallback) {
  return config.mentions(key) ? config.integers(key) : fallback;
}

// Of versions such as "4.45.0.dev0"; nothing is taken for a new one.
bool is_older(std::string_view version, int major, int minor) {
  int given_major = 0, given_minor = 0;
  if (std::sscanf(std::string(version).c_str(), "%d.%d", &given_major, &given_minor) != 2)
    return false;
  return std::pair(given_major, given_minor) < std::pair(major, minor);
}

// Names of the checkpoint's parts, which have changed from one version of the class to the next.
struct Parts {
  std::string text, eyes, projector, output;
};

Parts find_parts(const Conversion& c) {
  const std::string eyes = "vision_model.", projector = "multi_modal_projector";
  if (c.has("model.language_model.embed_tokens.weight"))
    return {"model.language_model.", "model." + eyes, "model." + projector, "lm_head.weight"};
  return {"language_model.model.", eyes, projector, "language_model.lm_head.weight"};
}

void convert_text(Conversion& c, const Decoder& d, const Parts& parts,
                  const std::vector<int64_t>& crossing) {
  c.linear("token_embd", parts.text + "embed_tokens");
  c.linear("output_norm", parts.text + "norm");
  c.tensor("output.weight", c.take(parts.output));
  for (int64_t i = 0; i < d.layers; ++i) {
    const Layer layer = c.layer(i, parts.text + "layers");
    layer.linear("attn_norm", "input_layernorm");
    if (std::ranges::find(crossing, i) != crossing.end()) {
      for (const char* name : {"q_proj", "k_proj", "v_proj", "o_proj", "q_norm", "k_norm"})
        layer.linear(concat("cross_attn_", name), concat("cross_attn.", name));
      for (const char* name : {"cross_attn_attn_gate", "cross_attn_mlp_gate"})
        layer.tensor(name, layer.take(name));
    } else {
      layer.linear("attn_q", "self_attn.q_proj", false,
                   [&](const SourcePtr& q) { return adjacent_pairs(q, d.heads); });
      layer.linear("attn_k", "self_attn.k_proj", false,
                   [&](const SourcePtr& k) { return adjacent_pairs(k, d.kv_heads); });
      layer.linear("attn_v", "self_attn.v_proj");
      layer.linear("attn_output", "self_attn.o_proj");
    }
    layer.linear("ffn_norm", "post_attention_layernorm");
    layer.linear("ffn_gate", "mlp.gate_proj");
    layer.linear("ffn_up", "mlp.up_proj");
    layer.linear("ffn_down", "mlp.down_proj");
  }
}

std::vector<float> floats_of(const SourcePtr& source) {
  std::vector<float> values(static_cast<size_t>(source->elements()));
  plus(source, 0)->read(0, std::as_writable_bytes(std::span(values)));
  return values;
}

// What the class multiplies with: the model's eyes take it as it is.
SourcePtr gate(const SourcePtr& source) {
  if (!source) return nullptr;
  std::vector<float> values = floats_of(shaped(source, {1}));
  for (float& value : values) value = std::tanh(value);
  return computed(source->name(), std::move(values));
}

// Embeddings of places within a tile, by their gate; the first place is the class token's.
SourcePtr gated_positions(const SourcePtr& embedding, const SourcePtr& gate,
                          const SourcePtr& class_token) {
  if (!embedding || !gate || !class_token) return nullptr;
  const int64_t width = class_token->elements(), places = embedding->elements() / width;
  std::vector<float> values = floats_of(shaped(embedding, {places, width}));
  const std::vector<float> token = floats_of(class_token);
  const float factor = 1 - std::tanh(floats_of(shaped(gate, {1}))[0]);
  for (float& value : values) value *= factor;
  for (size_t i = 0; i < token.size(); ++i) values[i] += token[i];
  return strided(computed(embedding->name(), std::move(values)), {places, width}, {width, 1});
}

void convert_transformer(Conversion& c, const std::string& to, const std::string& from,
                         int64_t layers, bool gated) {
  for (int64_t i = 0; i < layers; ++i) {
    const Layer layer(c, concat(to, i, "."), concat(from, i, "."));
    layer.linear("attn_norm", "input_layernorm", true);
    layer.linear("ffn_norm", "post_attention_layernorm", true);
    layer.linear("attn_q", "self_attn.q_proj");
    layer.linear("attn_k", "self_attn.k_proj");
    layer.linear("attn_v", "self_attn.v_proj");
    layer.linear("attn_output", "self_attn.o_proj");
    layer.linear("ffn_up", "mlp.fc1", true);
    layer.linear("ffn_down", "mlp.fc2", true);
    if (!gated) continue;
    layer.tensor("attn_gate", gate(layer.take("gate_attn")));
    layer.tensor("ffn_gate", gate(layer.take("gate_ffn")));
  }
}

// Sizes, and where the second transformer begins.
struct EyeSizes {
  int64_t width = 0, patch = 0, layers = 0, global_layers = 0;
};

EyeSizes write_eye_sizes(Conversion& c, const Config& v) {
  const EyeSizes e{.width = v.dim("hidden_size", 1280),
                   .patch = v.dim("patch_size", 14),
                   .layers = v.dim("num_hidden_layers", 32),
                   .global_layers = v.dim("num_global_layers", 8)};
  c.set_count("vision.embedding_length", e.width);
  c.set_count("vision.patch_size", e.patch);
  c.set_count("vision.block_count", e.layers);
  c.set_count("vision.global.block_count", e.global_layers);
  c.set_count("vision.feed_forward_length", v.dim("intermediate_size", 5120));
  c.set_count("vision.attention.head_count", v.dim("attention_heads", 16));
  c.set_count("vision.image_size", v.dim("image_size", 448));
  c.set_count("vision.max_num_tiles", v.dim("max_num_tiles", 4));
  c.set("vision.attention.layer_norm_epsilon", static_cast<float>(v.positive("norm_eps", 1e-5)));
  v.expect("hidden_act", "gelu");
  if (v.dim("num_channels", 3) != 3)
    v.unsupported("num_channels", "is ", v.dim("num_channels", 3), ", expected 3");
  if (const int64_t shapes = v.length("supported_aspect_ratios"); shapes > 0)
    c.set_count("vision.shape_count", shapes);
  v.ignore({"vision_output_dim", "return_dict", "initializer_range"});
  return e;
}

void convert_eyes(Conversion& c, const Config& v, const Parts& parts) {
  const EyeSizes e = write_eye_sizes(c, v);
  // The file counts by what enters a block, as the model was taught and transformers did up to
  // 4.55; later versions take what leaves it, and so enters the next.
  const int32_t later = is_older(c.whole_config().text("transformers_version", ""), 4, 56) ? 0 : 1;
  std::vector<int32_t> taken;
  for (const int64_t i : integers_or(v, "intermediate_layers_indices", {3, 7, 15, 23, 30}))
    taken.push_back(static_cast<int32_t>(i < 0 ? i + e.layers : i) + later);
  c.set("vision.intermediate_layers_indices", taken);
  const std::string position = parts.eyes + "gated_positional_embedding.";
  const int64_t pixels = 3 * e.patch * e.patch;
  const SourcePtr patches =
      shaped(c.take(parts.eyes + "patch_embedding.weight"), {e.width, 3, e.patch, e.patch});
  c.tensor("v.patch_embd.weight", strided(patches, {e.width, pixels}, {pixels, 1}));
  c.tensor("v.position_embd.weight",
           gated_positions(c.take(position + "embedding"), c.take(position + "gate"),
                           c.take(parts.eyes + "class_embedding")),
           Conversion::Precision::kF32);
  c.linear("v.tile_position_embd", position + "tile_embedding");
  c.tensor("v.tile_position_embd.gate", gate(c.take(position + "gate")));
  for (const std::string when : {"pre", "post"}) {
    const std::string from = concat(parts.eyes, when, "_tile_positional_embedding.");
    c.linear(concat("v.", when, "_tile_position_embd"), from + "embedding");
    c.tensor(concat("v.", when, "_tile_position_embd.gate"), gate(c.take(from + "gate")));
    c.linear(concat("v.", when, "_ln"), concat(parts.eyes, "layernorm_", when), true);
  }
  convert_transformer(c, "v.blk.", parts.eyes + "transformer.layers.", e.layers, false);
  convert_transformer(c, "v.global.blk.", parts.eyes + "global_transformer.layers.",
                      e.global_layers, true);
  c.linear("mm.0", parts.projector, true);
}

void convert_mllama(Conversion& c) {
  const Config& whole = c.whole_config();
  const auto eyes = whole.child("vision_config");
  if (!eyes) fail(Error::Code::kNotFound, whole.name(), ": vision_config is absent");
  eyes->ignore({"model_type", "dtype", "torch_dtype", "transformers_version", "architectures"});
  whole.ignore({"architectures", "model_type", "dtype", "torch_dtype", "initializer_range",
                "tie_word_embeddings", "pad_token_id", "bos_token_id", "eos_token_id"});
  const int64_t image_token = whole.count("image_token_index", 128256);
  const Parts parts = find_parts(c);
  c.enter_config("text_config");
  const Decoder d = write_decoder(c, "mllama",
                                  {.context = 131072,
                                   .kv_heads = 8,
                                   .epsilon = {"rms_norm_eps", 1e-5},
                                   .more_tokens = 8,
                                   .vocab = 128256,
                                   .width = 4096,
                                   .hidden = 14336,
                                   .layers = 40,
                                   .heads = 32});
  c.config().ignore({"dropout", "tie_word_embeddings"});
  write_rope(c, d, {.frequencies = RopeFrequencies::kInFile, .base = 500000});
  c.set_count("output_vocab_size", d.vocab);
  c.set_count("image_token_id", image_token);
  const std::vector<int64_t> crossing =
      integers_or(c.config(), "cross_attention_layers", {3, 8, 13, 18, 23, 28, 33, 38});
  c.set("attention.cross_attention_layers", std::vector<int32_t>(crossing.begin(), crossing.end()));
  convert_text(c, d, parts, crossing);
  convert_eyes(c, *eyes, parts);
  c.set_sees();
}

const Registration kRegistered{"MllamaForConditionalGeneration", convert_mllama};

}  // namespace
}  // namespace cria::convert
