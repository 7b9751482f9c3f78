// Gemma 3: Gemma 2 with norms of queries and keys instead of capped scores, and windows in five of
// six layers, which have a rotation of their own. Files of Ollama's own converter leave out some
// keys, have other names for some, and hold the part that looks at pictures, which is not used.
// Reference: transformers/models/gemma3/modeling_gemma3.py; norms hold the 1 that it adds to them.

#include <cmath>

#include "model/hyper_parameters.h"
#include "model/model.h"
#include "model/models/gemma3/readings.h"
#include "nn/attention.h"
#include "nn/embedding.h"
#include "nn/linear.h"
#include "nn/normalization.h"

namespace cria::model {
namespace {

struct Options {
  int64_t vocab, width, hidden;
  std::vector<int64_t> windows;  // by layer; 0: none
  HeadOptions heads;
  float eps, logit_cap;
  ml::Activation activation;
  ml::AttentionOptions attention;
  ml::RopeOptions rope, window_rope;

  explicit Options(const Config& c)
      : vocab(c.dim("vocab_size")),
        width(c.dim("embedding_length")),
        hidden(c.dim("feed_forward_length")),
        windows(read_windows(c, c.dim("block_count"), 6)),
        heads(read_heads(c, width)),
        eps(c.positive("attention.layer_norm_rms_epsilon", 1e-6f)),
        logit_cap(gemma3::read_logit_cap(c)),
        activation(read_activation(c, ml::Activation::kGelu)),
        attention{.scale = gemma3::read_scale(c, width, heads)},
        rope(gemma3::read_whole_rope(c, heads)),
        window_rope{
            .dims = rope.dims,
            .base = c.positive("rope.freq_base_swa", c.positive("rope.local.freq_base", 10000.f)),
            .pairs = rope.pairs} {
    refuse(c, {"expert_count"});
  }
};

struct Attention {
  nn::Linear query, key, value, output;
  nn::RmsNorm query_norm, key_norm;

  void bind(nn::Weights& w, const Options& o) {
    w("attn_q", query, {o.heads.query * o.heads.dim, o.width});
    w("attn_q_norm", query_norm, {o.heads.dim});
    w("attn_k", key, {o.heads.key_value * o.heads.dim, o.width});
    w("attn_k_norm", key_norm, {o.heads.dim});
    w("attn_v", value, {o.heads.key_value * o.heads.dim, o.width});
    w("attn_output", output, {o.width, o.heads.query * o.heads.dim});
  }

  ml::Tensor forward(ml::Tensor x, ml::Tensor positions, kvcache::Layer& cache,
                     const Options& o) const {
    ml::Tensor q = query(x).split_last(o.heads.query);  // [t, heads, head_dim]
    ml::Tensor k = key(x).split_last(o.heads.key_value);
    ml::Tensor v = value(x).split_last(o.heads.key_value);
    const ml::RopeOptions& rope = cache.window() > 0 ? o.window_rope : o.rope;
    q = ml::rope(query_norm(q, o.eps), positions, rope);
    k = ml::rope(key_norm(k, o.eps), positions, rope);
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

  ml::Tensor forward(ml::Tensor x, const Options& o) const {
    return down(ml::gated(gate(x), up(x), o.activation));
  }
};

struct Block {
  nn::RmsNorm attention_norm, after_attention_norm, mlp_norm, after_mlp_norm;
  Attention attention;
  Mlp mlp;

  void bind(nn::Weights& w, const Options& o) {
    w("attn_norm", attention_norm, {o.width})(attention, o);
    w("post_attention_norm", after_attention_norm, {o.width});
    w("ffn_norm", mlp_norm, {o.width})(mlp, o);
    w("post_ffw_norm", after_mlp_norm, {o.width});
  }

  // With `outputs`, only those rows leave the block: the last one need not compute the others.
  ml::Tensor forward(ml::Tensor x, ml::Tensor positions, ml::Tensor outputs, kvcache::Layer& cache,
                     const Options& o) const {
    ml::Tensor h = attention.forward(attention_norm(x, o.eps), positions, cache, o);
    if (outputs) {
      h = ml::rows(h, outputs);
      x = ml::rows(x, outputs);
    }
    x = x + after_attention_norm(h, o.eps);
    return x + after_mlp_norm(mlp.forward(mlp_norm(x, o.eps), o), o.eps);
  }
};

class Gemma3 final : public Model {
 public:
  explicit Gemma3(const Config& c)
      : options_(c), blocks_(static_cast<size_t>(c.dim("block_count"))) {}

  void bind(nn::Weights& w) override {
    w("token_embd", token_embedding_, {options_.vocab, options_.width});
    w("blk", blocks_, options_);
    w("output_norm", output_norm_, {options_.width});
    w("output", output_, {options_.vocab, options_.width}, nn::alt("token_embd"));
    w.leave("v");
    w.leave("mm");
  }

  ml::Tensor forward(const Batch& batch, kvcache::View& cache) const override {
    ml::Tensor x = token_embedding_(batch.tokens) * std::sqrt(static_cast<float>(options_.width));
    for (size_t i = 0; i < blocks_.size(); ++i) {
      x.named(concat("hidden.", i));
      const bool last = i + 1 == blocks_.size();
      x = blocks_[i].forward(x, batch.positions, last ? batch.outputs : ml::Tensor{}, cache[i],
                             options_);
    }
    x = output_norm_(x, options_.eps).named(concat("hidden.", blocks_.size()));
    x = output_(x);
    return options_.logit_cap > 0 ? ml::softcap(x, options_.logit_cap) : x;
  }

  std::vector<kvcache::LayerSpec> cache_spec() const override {
    return kvcache::with_windows(
        {.kv_heads = options_.heads.key_value, .head_dim = options_.heads.dim}, options_.windows);
  }

  ml::Tensor shift(size_t layer, ml::Tensor key, ml::Tensor delta) const override {
    const bool windowed = options_.windows[layer] > 0;
    return ml::rope(key, delta, (windowed ? options_.window_rope : options_.rope).again());
  }

  int64_t vocabulary() const override { return options_.vocab; }

 private:
  Options options_;
  nn::Embedding token_embedding_;
  std::vector<Block> blocks_;
  nn::RmsNorm output_norm_;
  nn::Linear output_;
};

const Registration<Gemma3> kRegistered{"gemma3"};

}  // namespace
}  // namespace cria::model
