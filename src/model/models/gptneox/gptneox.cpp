// GPT-NeoX, Pythia: joined queries, keys and values, heads that are rotated in part, layer norms,
// and in most models attention and MLP side by side, each with a norm of its own. Reference: Black
// et al., arXiv:2204.06745; transformers/models/gpt_neox/modeling_gpt_neox.py.

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
  bool parallel;  // attention and MLP side by side, and not one after the other
  ml::Activation activation;
  ml::AttentionOptions attention;
  ml::RopeOptions rope;

  explicit Options(const Config& c)
      : vocab(c.dim("vocab_size")),
        width(c.dim("embedding_length")),
        hidden(c.dim("feed_forward_length")),
        heads(read_heads(c, width)),
        eps(c.positive("attention.layer_norm_epsilon")),
        parallel(c.flag("use_parallel_residual", true)),
        activation(read_activation(c, ml::Activation::kGeluErf)),
        attention{.scale = 1.f / std::sqrt(static_cast<float>(heads.dim))},
        rope(read_rope(c, heads.dim, ml::RopePairs::kHalves)) {
    refuse(c, {"expert_count", "attention.sliding_window"});
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
    const ml::Tensor v = ml::slice(heads, 1, values, all);
    q = ml::rope(q, pass.positions, o.rope, pass.rope_factors);
    k = ml::rope(k, pass.positions, o.rope, pass.rope_factors);
    return output(nn::attention(q, k, v, o.attention, cache).merge_last());
  }
};

struct Mlp {
  nn::Linear up, down;

  void bind(nn::Weights& w, const Options& o) {
    w("ffn_up", up, {o.hidden, o.width});
    w("ffn_down", down, {o.width, o.hidden});
  }

  ml::Tensor forward(ml::Tensor x, const Options& o) const {
    return down(ml::activate(up(x), o.activation));
  }
};

struct Block {
  nn::LayerNorm attention_norm, mlp_norm;
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
    h = x + h;
    return h + mlp.forward(mlp_norm(o.parallel ? x : h, o.eps), o);
  }
};

class GptNeoX final : public Model {
 public:
  explicit GptNeoX(const Config& c)
      : options_(c), blocks_(static_cast<size_t>(c.dim("block_count"))) {}

  void bind(nn::Weights& w) override {
    w("token_embd", token_embedding_, {options_.vocab, options_.width});
    w("blk", blocks_, options_);
    w("output_norm", output_norm_, {options_.width});
    w("output", output_, {options_.vocab, options_.width}, nn::alt("token_embd"));
    w("rope_freqs.weight", rope_factors_, {options_.rope.dims / 2}, nn::kOptional);
  }

  ml::Tensor forward(const Batch& batch, kvcache::View& cache) const override {
    const Pass pass{batch.positions, rope_factors_};
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
  nn::LayerNorm output_norm_;
  nn::Linear output_;
  ml::Tensor rope_factors_;  // Llama 3.1's divisors of the frequencies
};

const Registration<GptNeoX> kRegistered{"gptneox"};

}  // namespace
}  // namespace cria::model
