// Apertus: Llama, with norms of queries and keys, and a perceptron without a gate whose activation
// is learnt in each layer. Reference: transformers/models/apertus/modeling_apertus.py.

#include <cmath>

#include "model/hyper_parameters.h"
#include "model/model.h"
#include "model/models/apertus/xielu.h"
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
  ml::RopeOptions rope;
  std::vector<Xielu> xielus;  // of each layer

  explicit Options(const Config& c)
      : vocab(c.dim("vocab_size")),
        width(c.dim("embedding_length")),
        hidden(c.dim("feed_forward_length")),
        heads(read_heads(c, width)),
        eps(c.positive("attention.layer_norm_rms_epsilon")),
        attention{.scale = 1.f / std::sqrt(static_cast<float>(heads.dim))},
        rope(read_rope(c, heads.dim, ml::RopePairs::kHalves)),
        xielus(read_xielus(c)) {
    refuse(c, {"expert_count", "attention.sliding_window"});
  }
};

// What a block of one pass needs to know.
struct Pass {
  ml::Tensor positions, rope_factors;
  Xielu xielu;
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

  ml::Tensor forward(ml::Tensor x, const Pass& pass, kvcache::Layer& cache,
                     const Options& o) const {
    ml::Tensor q = query(x).split_last(o.heads.query);  // [t, heads, head_dim]
    ml::Tensor k = key(x).split_last(o.heads.key_value);
    ml::Tensor v = value(x).split_last(o.heads.key_value);
    q = ml::rope(query_norm(q, o.eps), pass.positions, o.rope, pass.rope_factors);
    k = ml::rope(key_norm(k, o.eps), pass.positions, o.rope, pass.rope_factors);
    return output(nn::attention(q, k, v, o.attention, cache).merge_last());
  }
};

struct Mlp {
  nn::Linear up, down;

  void bind(nn::Weights& w, const Options& o) {
    w("ffn_up", up, {o.hidden, o.width});
    w("ffn_down", down, {o.width, o.hidden});
  }

  ml::Tensor forward(ml::Tensor x, const Xielu& o) const { return down(xielu(up(x), o)); }
};

struct Block {
  nn::RmsNorm attention_norm, mlp_norm;
  Attention attention;
  Mlp mlp;

  void bind(nn::Weights& w, const Options& o) {
    w("attn_norm", attention_norm, {o.width})(attention, o);
    w("ffn_norm", mlp_norm, {o.width})(mlp, o);
  }

  // With `outputs`, only those rows leave the block: the last one need not compute the others.
  ml::Tensor forward(ml::Tensor x, const Pass& pass, ml::Tensor outputs, kvcache::Layer& cache,
                     const Options& o) const {
    ml::Tensor h = attention.forward(attention_norm(x, o.eps), pass, cache, o);
    if (outputs) {
      h = ml::rows(h, outputs);
      x = ml::rows(x, outputs);
    }
    x = x + h;
    return x + mlp.forward(mlp_norm(x, o.eps), pass.xielu);
  }
};

class Apertus final : public Model {
 public:
  explicit Apertus(const Config& c)
      : options_(c), blocks_(static_cast<size_t>(c.dim("block_count"))) {}

  void bind(nn::Weights& w) override {
    w("token_embd", token_embedding_, {options_.vocab, options_.width});
    w("blk", blocks_, options_);
    w("output_norm", output_norm_, {options_.width});
    w("output", output_, {options_.vocab, options_.width}, nn::alt("token_embd"));
    w("rope_freqs.weight", rope_factors_, {options_.rope.dims / 2}, nn::kOptional);
  }

  ml::Tensor forward(const Batch& batch, kvcache::View& cache) const override {
    ml::Tensor x = token_embedding_(batch.tokens);
    for (size_t i = 0; i < blocks_.size(); ++i) {
      x.named(concat("hidden.", i));
      const bool last = i + 1 == blocks_.size();
      const Pass pass{batch.positions, rope_factors_, options_.xielus[i]};
      x = blocks_[i].forward(x, pass, last ? batch.outputs : ml::Tensor{}, cache[i], options_);
    }
    x = output_norm_(x, options_.eps).named(concat("hidden.", blocks_.size()));
    return output_(x);
  }

  std::vector<kvcache::LayerSpec> cache_spec() const override {
    return {blocks_.size(), {.kv_heads = options_.heads.key_value, .head_dim = options_.heads.dim}};
  }

  ml::Tensor shift(size_t, ml::Tensor key, ml::Tensor delta) const override {
    return ml::rope(key, delta, options_.rope.again(), rope_factors_);
  }

  int64_t vocabulary() const override { return options_.vocab; }

 private:
  Options options_;
  nn::Embedding token_embedding_;
  std::vector<Block> blocks_;
  nn::RmsNorm output_norm_;
  nn::Linear output_;
  ml::Tensor rope_factors_;  // Llama 3.1's divisors of the frequencies
};

const Registration<Apertus> kRegistered{"apertus"};

}  // namespace
}  // namespace cria::model
