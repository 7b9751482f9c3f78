// OLMo 2 and 3: norms after attention and MLP instead of before them, and of all queries and keys
// of a token at once. OLMo 3 has windows in most layers, whose rotations are not scaled. Reference:
// transformers/models/olmo2/modeling_olmo2.py and olmo3/modeling_olmo3.py.

#include <cmath>

#include "model/hyper_parameters.h"
#include "model/model.h"
#include "nn/attention.h"
#include "nn/embedding.h"
#include "nn/linear.h"
#include "nn/normalization.h"

namespace cria::model {
namespace {

struct Options {
  int64_t vocab, width, hidden;
  HeadOptions heads;
  float eps;
  ml::AttentionOptions attention;
  ml::RopeOptions rope, window_rope;
  std::vector<int64_t> windows;

  explicit Options(const Config& c)
      : vocab(c.dim("vocab_size")),
        width(c.dim("embedding_length")),
        hidden(c.dim("feed_forward_length")),
        heads(read_heads(c, width)),
        eps(c.positive("attention.layer_norm_rms_epsilon")),
        attention{.scale = 1.f / std::sqrt(static_cast<float>(heads.dim))},
        rope(read_rope(c, heads.dim, ml::RopePairs::kHalves)),
        window_rope(c.flag("rope.scaling.swa", false)
                        ? rope
                        : ml::RopeOptions{.dims = rope.dims,
                                          .base = c.positive("rope.freq_base_swa", rope.base),
                                          .pairs = rope.pairs}),
        windows(read_windows(c, c.dim("block_count"), 4)) {
    refuse(c, {"expert_count"});
  }
};

struct Attention {
  nn::Linear query, key, value, output;
  nn::RmsNorm query_norm, key_norm;

  void bind(nn::Weights& w, const Options& o) {
    w("attn_q", query, {o.heads.query * o.heads.dim, o.width});
    w("attn_q_norm", query_norm, {o.heads.query * o.heads.dim});
    w("attn_k", key, {o.heads.key_value * o.heads.dim, o.width});
    w("attn_k_norm", key_norm, {o.heads.key_value * o.heads.dim});
    w("attn_v", value, {o.heads.key_value * o.heads.dim, o.width});
    w("attn_output", output, {o.width, o.heads.query * o.heads.dim});
  }

  ml::Tensor forward(ml::Tensor x, ml::Tensor positions, kvcache::Layer& cache,
                     const Options& o) const {
    const ml::RopeOptions& rope = cache.window() > 0 ? o.window_rope : o.rope;
    ml::Tensor q = query_norm(query(x), o.eps).split_last(o.heads.query);  // [t, heads, head_dim]
    ml::Tensor k = key_norm(key(x), o.eps).split_last(o.heads.key_value);
    ml::Tensor v = value(x).split_last(o.heads.key_value);
    q = ml::rope(q, positions, rope);
    k = ml::rope(k, positions, rope);
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
  nn::RmsNorm attention_norm, mlp_norm;
  Attention attention;
  Mlp mlp;

  void bind(nn::Weights& w, const Options& o) {
    w(attention, o)("post_attention_norm", attention_norm, {o.width});
    w(mlp, o)("post_ffw_norm", mlp_norm, {o.width});
  }

  // With `outputs`, only those rows leave the block: the last one need not compute the others.
  ml::Tensor forward(ml::Tensor x, ml::Tensor positions, ml::Tensor outputs, kvcache::Layer& cache,
                     const Options& o) const {
    ml::Tensor h = attention.forward(x, positions, cache, o);
    if (outputs) {
      h = ml::rows(h, outputs);
      x = ml::rows(x, outputs);
    }
    x = x + attention_norm(h, o.eps);
    return x + mlp_norm(mlp.forward(x), o.eps);
  }
};

class Olmo2 final : public Model {
 public:
  explicit Olmo2(const Config& c)
      : options_(c), blocks_(static_cast<size_t>(c.dim("block_count"))) {}

  void bind(nn::Weights& w) override {
    w("token_embd", token_embedding_, {options_.vocab, options_.width});
    w("blk", blocks_, options_);
    w("output_norm", output_norm_, {options_.width});
    w("output", output_, {options_.vocab, options_.width}, nn::alt("token_embd"));
  }

  ml::Tensor forward(const Batch& batch, kvcache::View& cache) const override {
    ml::Tensor x = token_embedding_(batch.tokens);
    for (size_t i = 0; i < blocks_.size(); ++i) {
      x.named(concat("hidden.", i));
      const bool last = i + 1 == blocks_.size();
      x = blocks_[i].forward(x, batch.positions, last ? batch.outputs : ml::Tensor{}, cache[i],
                             options_);
    }
    x = output_norm_(x, options_.eps).named(concat("hidden.", blocks_.size()));
    return output_(x);
  }

  std::vector<kvcache::LayerSpec> cache_spec() const override {
    return kvcache::with_windows(
        {.kv_heads = options_.heads.key_value, .head_dim = options_.heads.dim}, options_.windows);
  }

  ml::Tensor shift(size_t layer, ml::Tensor key, ml::Tensor delta) const override {
    const bool slides = options_.windows[layer] > 0;
    return ml::rope(key, delta, (slides ? options_.window_rope : options_.rope).again());
  }

  int64_t vocabulary() const override { return options_.vocab; }

 private:
  Options options_;
  nn::Embedding token_embedding_;
  std::vector<Block> blocks_;
  nn::RmsNorm output_norm_;
  nn::Linear output_;
};

const Registration<Olmo2> kRegistered{"olmo2"};

}  // namespace
}  // namespace cria::model
