// Phi-3, Phi-3.5 and Phi-4: Llama blocks with joined matrices, and LongRoPE.
// Reference: transformers/models/phi3/modeling_phi3.py; Ding et al., arXiv:2402.13753.

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
  int64_t vocab, width, hidden, window, original_context;
  HeadOptions heads;
  float eps;
  ml::Activation activation;
  ml::AttentionOptions attention;
  ml::RopeOptions rope;

  explicit Options(const Config& c)
      : vocab(c.dim("vocab_size")),
        width(c.dim("embedding_length")),
        hidden(c.dim("feed_forward_length")),
        window(c.count("attention.sliding_window")),
        original_context(c.dim("rope.scaling.original_context_length",
                               c.dim("context_length", Config::kLargestDim))),
        heads(read_heads(c, width)),
        eps(c.positive("attention.layer_norm_rms_epsilon")),
        activation(read_activation(c, ml::Activation::kSilu)),
        attention{.scale = 1.f / std::sqrt(static_cast<float>(heads.dim))},
        rope(read_rope(c, heads.dim, ml::RopePairs::kHalves)) {
    refuse(c, {"expert_count"});
  }
};

// What every block of one pass shares.
struct Pass {
  ml::Tensor positions, rope_factors;
};

struct Attention {
  nn::Linear joined, output;  // queries, then keys, then values

  void bind(nn::Weights& w, const Options& o) {
    w("attn_qkv", joined, {(o.heads.query + 2 * o.heads.key_value) * o.heads.dim, o.width});
    w("attn_output", output, {o.width, o.heads.query * o.heads.dim});
  }

  ml::Tensor forward(ml::Tensor x, const Pass& pass, kvcache::Layer& cache,
                     const Options& o) const {
    const int64_t keys = o.heads.query, values = keys + o.heads.key_value;
    const int64_t all = values + o.heads.key_value;
    const ml::Tensor heads = joined(x).split_last(all);  // [t, heads, head_dim]
    ml::Tensor q = ml::slice(heads, 1, 0, keys);
    ml::Tensor k = ml::slice(heads, 1, keys, values);
    ml::Tensor v = ml::slice(heads, 1, values, all);
    q = ml::rope(q, pass.positions, o.rope, pass.rope_factors);
    k = ml::rope(k, pass.positions, o.rope, pass.rope_factors);
    return output(nn::attention(q, k, v, o.attention, cache).merge_last());
  }
};

struct Mlp {
  nn::Linear joined, down;  // the gate, then what it is for

  void bind(nn::Weights& w, const Options& o) {
    w("ffn_up", joined, {2 * o.hidden, o.width});
    w("ffn_down", down, {o.width, o.hidden});
  }

  ml::Tensor forward(ml::Tensor x, const Options& o) const {
    x = joined(x);
    const ml::Tensor gate = ml::slice(x, -1, 0, o.hidden);
    return down(ml::gated(gate, ml::slice(x, -1, o.hidden, 2 * o.hidden), o.activation));
  }
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
    return x + mlp.forward(mlp_norm(x, o.eps), o);
  }
};

class Phi3 final : public Model {
 public:
  explicit Phi3(const Config& c)
      : options_(c), blocks_(static_cast<size_t>(c.dim("block_count"))) {}

  void bind(nn::Weights& w) override {
    w("token_embd", token_embedding_, {options_.vocab, options_.width});
    w("blk", blocks_, options_);
    w("output_norm", output_norm_, {options_.width});
    w("output", output_, {options_.vocab, options_.width}, nn::alt("token_embd"));
    w("rope_factors_long.weight", long_factors_, {options_.rope.dims / 2}, nn::kOptional);
    w("rope_factors_short.weight", short_factors_, {options_.rope.dims / 2}, nn::kOptional);
  }

  ml::Tensor forward(const Batch& batch, kvcache::View& cache) const override {
    // Keys stay as they were rotated when a sequence grows, so the longest one there may be
    // decides.
    const bool is_long = cache.context > options_.original_context;
    const Pass pass{batch.positions, is_long ? long_factors_ : short_factors_};
    ml::Tensor x = token_embedding_(batch.tokens);
    for (size_t i = 0; i < blocks_.size(); ++i) {
      x.named(concat("hidden.", i));
      const bool last = i + 1 == blocks_.size();
      x = blocks_[i].forward(x, pass, last ? batch.outputs : ml::Tensor{}, cache[i], options_);
    }
    x = output_norm_(x, options_.eps).named(concat("hidden.", blocks_.size()));
    return output_(x);
  }

  std::vector<kvcache::LayerSpec> cache_spec() const override {
    const std::vector<int64_t> windows(blocks_.size(), options_.window);
    return kvcache::with_windows(
        {.kv_heads = options_.heads.key_value, .head_dim = options_.heads.dim}, windows);
  }

  ml::Tensor shift(size_t, ml::Tensor key, ml::Tensor delta) const override {
    if (long_factors_) return {};  // which ones turned it is not known here
    return ml::rope(key, delta, options_.rope.again());
  }

  int64_t vocabulary() const override { return options_.vocab; }

 private:
  Options options_;
  nn::Embedding token_embedding_;
  std::vector<Block> blocks_;
  nn::RmsNorm output_norm_;
  nn::Linear output_;
  ml::Tensor long_factors_, short_factors_;  // LongRoPE's divisors of the frequencies
};

const Registration<Phi3> kRegistered{"phi3"};

}  // namespace
}  // namespace cria::model
