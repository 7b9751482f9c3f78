// GPT-2: learnt positions, joined queries, keys and values, layer norms, an MLP without a gate.
// Reference: transformers/models/gpt2/modeling_gpt2.py.

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
  int64_t vocab, width, hidden, context;
  HeadOptions heads;
  float eps;
  ml::Activation activation;
  ml::AttentionOptions attention;
  bool scaled_by_layer;  // scores of layer i are divided by i + 1, too

  explicit Options(const Config& c)
      : vocab(c.dim("vocab_size")),
        width(c.dim("embedding_length")),
        hidden(c.dim("feed_forward_length")),
        context(c.dim("context_length")),
        heads(read_heads(c, width)),
        eps(c.positive("attention.layer_norm_epsilon")),
        activation(read_activation(c, ml::Activation::kGelu)),
        attention{
            .scale = c.positive("attention.scale", 1.f / std::sqrt(static_cast<float>(heads.dim)))},
        scaled_by_layer(c.flag("attention.scale_by_layer", false)) {
    refuse(c, {"expert_count", "attention.sliding_window"});
  }
};

struct Attention {
  nn::Linear joined, output;  // queries, then keys, then values

  void bind(nn::Weights& w, const Options& o) {
    w("attn_qkv", joined, {(o.heads.query + 2 * o.heads.key_value) * o.heads.dim, o.width});
    w("attn_output", output, {o.width, o.heads.query * o.heads.dim});
  }

  ml::Tensor forward(ml::Tensor x, size_t layer, kvcache::Layer& cache, const Options& o) const {
    const int64_t keys = o.heads.query, values = keys + o.heads.key_value;
    const int64_t all = values + o.heads.key_value;
    const ml::Tensor heads = joined(x).split_last(all);  // [t, heads, head_dim]
    const ml::Tensor q = ml::slice(heads, 1, 0, keys);
    const ml::Tensor k = ml::slice(heads, 1, keys, values);
    const ml::Tensor v = ml::slice(heads, 1, values, all);
    ml::AttentionOptions options = o.attention;
    if (o.scaled_by_layer) options.scale /= static_cast<float>(layer + 1);
    return output(nn::attention(q, k, v, options, cache).merge_last());
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
  ml::Tensor forward(ml::Tensor x, size_t layer, ml::Tensor outputs, kvcache::Layer& cache,
                     const Options& o) const {
    ml::Tensor h = attention.forward(attention_norm(x, o.eps), layer, cache, o);
    if (outputs) {
      h = ml::rows(h, outputs);
      x = ml::rows(x, outputs);
    }
    x = x + h;
    return x + mlp.forward(mlp_norm(x, o.eps), o);
  }
};

class Gpt2 final : public Model {
 public:
  explicit Gpt2(const Config& c)
      : options_(c), blocks_(static_cast<size_t>(c.dim("block_count"))) {}

  void bind(nn::Weights& w) override {
    w("token_embd", token_embedding_, {options_.vocab, options_.width});
    w("position_embd", position_embedding_, {options_.context, options_.width});
    w("blk", blocks_, options_);
    w("output_norm", output_norm_, {options_.width});
    w("output", output_, {options_.vocab, options_.width}, nn::alt("token_embd"));
  }

  ml::Tensor forward(const Batch& batch, kvcache::View& cache) const override {
    ml::Tensor x = token_embedding_(batch.tokens) + position_embedding_(batch.positions);
    for (size_t i = 0; i < blocks_.size(); ++i) {
      x.named(concat("hidden.", i));
      const bool last = i + 1 == blocks_.size();
      x = blocks_[i].forward(x, i, last ? batch.outputs : ml::Tensor{}, cache[i], options_);
    }
    x = output_norm_(x, options_.eps).named(concat("hidden.", blocks_.size()));
    return output_(x);
  }

  std::vector<kvcache::LayerSpec> cache_spec() const override {
    return {blocks_.size(), {.kv_heads = options_.heads.key_value, .head_dim = options_.heads.dim}};
  }

  // A position cannot be taken out of a key again.
  ml::Tensor shift(size_t, ml::Tensor, ml::Tensor) const override { return {}; }

  int64_t vocabulary() const override { return options_.vocab; }
  int64_t positions() const override { return options_.context; }

 private:
  Options options_;
  nn::Embedding token_embedding_, position_embedding_;
  std::vector<Block> blocks_;
  nn::LayerNorm output_norm_;
  nn::Linear output_;
};

const Registration<Gpt2> kRegistered{"gpt2"};

}  // namespace
}  // namespace cria::model
