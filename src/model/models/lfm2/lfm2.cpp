// LFM2: short convolutions, gated on both sides, with attention in some of the layers.
// Reference: transformers/models/lfm2/modeling_lfm2.py.

#include <algorithm>
#include <cmath>

#include "model/hyper_parameters.h"
#include "model/model.h"
#include "model/models/lfm2/short_convolution.h"
#include "nn/attention.h"
#include "nn/embedding.h"
#include "nn/linear.h"
#include "nn/normalization.h"

namespace cria::model {
namespace {

// Layers without key-value heads are convolutions; all others have as many.
HeadOptions read_heads_of(const Config& c, int64_t width, const std::vector<int64_t>& kv) {
  HeadOptions heads{.query = c.dim("attention.head_count"), .key_value = std::ranges::max(kv)};
  for (const int64_t each : kv) {
    if (each == 0 || (each == heads.key_value && heads.query % each == 0)) continue;
    c.corrupt("attention.head_count_kv", "is ", each, " in a layer, expected 0 or the same divisor",
              " of attention.head_count, which is ", heads.query);
  }
  heads.dim = c.dim("attention.key_length", std::max<int64_t>(1, width / heads.query));
  return heads;
}

struct Options {
  int64_t vocab, width, hidden;
  ShortConvolution::Options convolution;
  std::vector<int64_t> kv_heads;
  HeadOptions heads;
  float eps;
  ml::AttentionOptions attention;
  ml::RopeOptions rope;

  explicit Options(const Config& c)
      : vocab(c.dim("vocab_size")),
        width(c.dim("embedding_length")),
        hidden(c.dim("feed_forward_length")),
        convolution{.width = width, .kernel = c.dim("shortconv.l_cache")},
        kv_heads(c.dims("attention.head_count_kv", c.dim("block_count"), 0)),
        heads(read_heads_of(c, width, kv_heads)),
        eps(c.positive("attention.layer_norm_rms_epsilon")),
        attention{.scale = 1.f / std::sqrt(static_cast<float>(heads.dim))},
        rope(read_rope(c, heads.dim, ml::RopePairs::kHalves)) {
    refuse(c, {"expert_count"});
    if (convolution.kernel < 2) c.unsupported("shortconv.l_cache", "is 1, expected at least 2");
  }
};

struct Attention {
  nn::Linear query, key, value, output;
  nn::RmsNorm query_norm, key_norm;

  void bind(nn::Weights& w, const Options& o) {
    w("attn_q", query, {o.heads.query * o.heads.dim, o.width});
    w("attn_k", key, {o.heads.key_value * o.heads.dim, o.width});
    w("attn_v", value, {o.heads.key_value * o.heads.dim, o.width});
    w("attn_output", output, {o.width, o.heads.query * o.heads.dim});
    w("attn_q_norm", query_norm, {o.heads.dim})("attn_k_norm", key_norm, {o.heads.dim});
  }

  ml::Tensor forward(ml::Tensor x, ml::Tensor positions, kvcache::Layer& cache,
                     const Options& o) const {
    ml::Tensor q = query_norm(query(x).split_last(o.heads.query), o.eps);  // [t, heads, head_dim]
    ml::Tensor k = key_norm(key(x).split_last(o.heads.key_value), o.eps);
    const ml::Tensor v = value(x).split_last(o.heads.key_value);
    q = ml::rope(q, positions, o.rope);
    k = ml::rope(k, positions, o.rope);
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
  bool attends = false;
  nn::RmsNorm operator_norm, mlp_norm;
  ShortConvolution convolution;
  Attention attention;
  Mlp mlp;

  void bind(nn::Weights& w, const Options& o) {
    w("attn_norm", operator_norm, {o.width});
    attends ? w(attention, o) : w("shortconv", convolution, o.convolution);
    w("ffn_norm", mlp_norm, {o.width})(mlp, o);
  }

  // With `outputs`, only those rows leave the block.
  ml::Tensor forward(ml::Tensor x, ml::Tensor positions, ml::Tensor outputs, kvcache::Layer& cache,
                     const Options& o) const {
    const ml::Tensor normed = operator_norm(x, o.eps);
    ml::Tensor h = attends ? attention.forward(normed, positions, cache, o)
                           : convolution.forward(normed, cache);
    if (outputs) {
      h = ml::rows(h, outputs);
      x = ml::rows(x, outputs);
    }
    x = x + h;
    return x + mlp.forward(mlp_norm(x, o.eps));
  }
};

class Lfm2 final : public Model {
 public:
  explicit Lfm2(const Config& c) : options_(c), blocks_(options_.kv_heads.size()) {
    for (size_t i = 0; i < blocks_.size(); ++i) blocks_[i].attends = options_.kv_heads[i] > 0;
  }

  void bind(nn::Weights& w) override {
    w("token_embd", token_embedding_, {options_.vocab, options_.width});
    w("blk", blocks_, options_);
    w("token_embd_norm", output_norm_, {options_.width}, nn::alt("output_norm"));
    w("output", output_, {options_.vocab, options_.width}, nn::alt("token_embd"));
  }

  ml::Tensor forward(const Batch& batch, kvcache::View& cache) const override {
    ml::Tensor x = token_embedding_(batch.tokens);
    for (size_t i = 0; i < blocks_.size(); ++i) {
      x.named(concat("hidden.", i));
      const ml::Tensor outputs = i + 1 == blocks_.size() ? batch.outputs : ml::Tensor{};
      x = blocks_[i].forward(x, batch.positions, outputs, cache[i], options_);
    }
    return output_(output_norm_(x, options_.eps).named(concat("hidden.", blocks_.size())));
  }

  std::vector<kvcache::LayerSpec> cache_spec() const override {
    const kvcache::LayerSpec attention{.kv_heads = options_.heads.key_value,
                                       .head_dim = options_.heads.dim};
    const kvcache::LayerSpec convolution{.kind = kvcache::LayerKind::kRecurrent,
                                         .recurrent = {options_.convolution.state()}};
    std::vector<kvcache::LayerSpec> specs;
    for (const Block& block : blocks_) specs.push_back(block.attends ? attention : convolution);
    return specs;
  }

  // What convolutions remember of tokens cannot be taken back.
  ml::Tensor shift(size_t, ml::Tensor, ml::Tensor) const override { return {}; }
  int64_t vocabulary() const override { return options_.vocab; }

 private:
  Options options_;
  nn::Embedding token_embedding_;
  std::vector<Block> blocks_;
  nn::RmsNorm output_norm_;
  nn::Linear output_;
};

const Registration<Lfm2> kRegistered{"lfm2"};

}  // namespace
}  // namespace cria::model
