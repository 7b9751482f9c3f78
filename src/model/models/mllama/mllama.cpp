// Llama 3.2 Vision: Llama, with layers in between that attend to pictures.
// Reference: transformers/models/mllama/modeling_mllama.py; rotary pairs are adjacent, as the
// exporters permute them.

#include <algorithm>
#include <cmath>

#include "model/hyper_parameters.h"
#include "model/model.h"
#include "model/models/mllama/vision.h"
#include "nn/attention.h"
#include "nn/cross_attention.h"
#include "nn/embedding.h"
#include "nn/linear.h"
#include "nn/normalization.h"

namespace cria::model {
namespace {

struct Options {
  int64_t vocab, token_ids, width, hidden;
  HeadOptions heads;
  float eps;
  ml::AttentionOptions attention;
  ml::RopeOptions rope;
  std::vector<bool> crosses;  // of each layer: whether it attends to pictures

  explicit Options(const Config& c)
      : vocab(c.dim("output_vocab_size", c.dim("vocab_size"))),
        token_ids(c.dim("vocab_size")),
        width(c.dim("embedding_length")),
        hidden(c.dim("feed_forward_length")),
        heads(read_heads(c, width)),
        eps(c.positive("attention.layer_norm_rms_epsilon")),
        attention{.scale = 1.f / std::sqrt(static_cast<float>(heads.dim))},
        rope(read_rope(c, heads.dim, ml::RopePairs::kAdjacent)) {
    const int64_t layers = c.dim("block_count");
    crosses.resize(static_cast<size_t>(layers));
    for (const int64_t i : c.places("attention.cross_attention_layers", layers))
      crosses[static_cast<size_t>(i)] = true;
    if (c.count("image_token_id") >= token_ids)
      c.corrupt("image_token_id", "is ", c.count("image_token_id"), ", expected one below ",
                token_ids);
    if (std::ranges::count(crosses, true) == 0)
      c.corrupt("attention.cross_attention_layers", "is empty, expected layers");
  }

  nn::CrossAttention::Options crossing() const {
    return {width, heads.query, heads.key_value, heads.dim, eps};
  }
};

// What every block of one pass shares.
struct Pass {
  ml::Tensor positions, rope_factors;
  kvcache::View::Encoded encoded;
};

struct SelfAttention {
  nn::Linear query, key, value, output;

  void bind(nn::Weights& w, const Options& o) {
    w("attn_q", query, {o.heads.query * o.heads.dim, o.width});
    w("attn_k", key, {o.heads.key_value * o.heads.dim, o.width});
    w("attn_v", value, {o.heads.key_value * o.heads.dim, o.width});
    w("attn_output", output, {o.width, o.heads.query * o.heads.dim});
  }

  ml::Tensor forward(ml::Tensor x, const Pass& pass, kvcache::Layer& cache,
                     const Options& o) const {
    ml::Tensor q = query(x).split_last(o.heads.query);  // [t, heads, head_dim]
    ml::Tensor k = key(x).split_last(o.heads.key_value);
    ml::Tensor v = value(x).split_last(o.heads.key_value);
    q = ml::rope(q, pass.positions, o.rope, pass.rope_factors);
    k = ml::rope(k, pass.positions, o.rope, pass.rope_factors);
    return output(nn::attention(q, k, v, o.attention, cache).merge_last());
  }
};

struct Mlp {
  nn::Linear gate, up, down;

  void bind(nn::Weights& w, const Options& o) {
    w("ffn_gate", gate, {o.hidden, o.width});
    w("ffn_up", up, {o.hidden, o.width});
    w("ffn_down", down, {o.width, o.hidden});
  }

  ml::Tensor forward(ml::Tensor x) const { return down(ml::swiglu(gate(x), up(x))); }
};

struct Block {
  bool crosses = false;
  nn::RmsNorm attention_norm, mlp_norm;
  SelfAttention attention;
  nn::CrossAttention cross_attention;
  ml::Tensor cross_gate, cross_mlp_gate;  // [1]
  Mlp mlp;

  void bind(nn::Weights& w, const Options& o) {
    w("attn_norm", attention_norm, {o.width});
    if (crosses) {
      w(cross_attention, o.crossing());
      w("cross_attn_attn_gate", cross_gate, {1})("cross_attn_mlp_gate", cross_mlp_gate, {1});
    } else {
      w(attention, o);
    }
    w("ffn_norm", mlp_norm, {o.width})(mlp, o);
  }

  ml::Tensor forward(ml::Tensor x, const Pass& pass, kvcache::Layer& cache,
                     const Options& o) const {
    if (crosses) return cross(x, pass, cache, o);
    x = x + attention.forward(attention_norm(x, o.eps), pass, cache, o);
    return x + mlp.forward(mlp_norm(x, o.eps));
  }

 private:
  // Nothing for sequences without pictures; and of those with some, tokens before the first one go
  // past the perceptron.
  ml::Tensor cross(ml::Tensor x, const Pass& pass, kvcache::Layer& cache, const Options& o) const {
    const kvcache::View::Encoded& encoded = pass.encoded;
    if (!encoded.any) return x;
    ml::Tensor h = cross_attention.forward(attention_norm(x, o.eps), cache, o.crossing());
    x = x + h * ml::tanh(encoded.any * cross_gate);
    h = mlp.forward(mlp_norm(x, o.eps));
    return x + h * ml::tanh(encoded.shown * cross_mlp_gate);
  }
};

class Mllama final : public Model, public Vision {
 public:
  explicit Mllama(const Config& c) : options_(c), blocks_(options_.crosses.size()), eyes_(c) {
    for (size_t i = 0; i < blocks_.size(); ++i) blocks_[i].crosses = options_.crosses[i];
  }

  void bind(nn::Weights& w) override {
    w("token_embd", token_embedding_, {options_.token_ids, options_.width});
    w("blk", blocks_, options_);
    w("output_norm", output_norm_, {options_.width});
    if (options_.vocab == options_.token_ids)
      w("output", output_, {options_.vocab, options_.width}, nn::alt("token_embd"));
    else
      w("output", output_, {options_.vocab, options_.width});
    w("rope_freqs.weight", rope_factors_, {options_.rope.dims / 2}, nn::kOptional);
    w("v", eyes_, eyes_.options());
    w("mm.0", projector_, {options_.width, eyes_.width_out()});
  }

  ml::Tensor forward(const Batch& batch, kvcache::View& cache) const override {
    const Pass pass{batch.positions, rope_factors_, cache.encoded};
    ml::Tensor x = token_embedding_(batch.tokens);
    for (size_t i = 0; i < blocks_.size(); ++i) {
      x.named(concat("hidden.", i));
      x = blocks_[i].forward(x, pass, cache[i], options_);
    }
    if (batch.outputs) x = ml::rows(x, batch.outputs);
    x = output_norm_(x, options_.eps).named(concat("hidden.", blocks_.size()));
    return output_(x);
  }

  void encode(PictureInputs picture, kvcache::View& cache) const override {
    const ml::Tensor states = eyes_.forward(picture).named("image.vision_states");
    const ml::Tensor x = projector_(states).named("image.projected");
    for (size_t i = 0; i < blocks_.size(); ++i) {
      if (blocks_[i].crosses) blocks_[i].cross_attention.encode(x, cache[i], options_.crossing());
    }
  }

  std::vector<kvcache::LayerSpec> cache_spec() const override {
    using kvcache::LayerKind;
    std::vector<kvcache::LayerSpec> layers;
    for (const bool crosses : options_.crosses) {
      layers.push_back({.kv_heads = options_.heads.key_value,
                        .head_dim = options_.heads.dim,
                        .kind = crosses ? LayerKind::kEncoder : LayerKind::kFull});
    }
    return layers;
  }

  ml::Tensor shift(size_t, ml::Tensor key, ml::Tensor delta) const override {
    return ml::rope(key, delta, options_.rope.again(), rope_factors_);
  }

  int64_t vocabulary() const override { return options_.vocab; }
  int64_t token_ids() const override { return options_.token_ids; }
  const Vision* vision() const override { return this; }
  VisionSpec vision_spec() const override { return eyes_.spec(); }
  int64_t seen(int64_t tiles) const override { return eyes_.seen(tiles); }
  std::vector<int32_t> last_rows(int64_t tiles) const override { return eyes_.last_rows(tiles); }

 private:
  Options options_;
  nn::Embedding token_embedding_;
  std::vector<Block> blocks_;
  nn::RmsNorm output_norm_;
  nn::Linear output_, projector_;
  ml::Tensor rope_factors_;  // Llama 3.1's divisors of the frequencies
  mllama::Eyes eyes_;
};

const Registration<Mllama> kRegistered{"mllama"};

}  // namespace
}  // namespace cria::model
