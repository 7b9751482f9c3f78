// BERT and what is built like it: MiniLM, BGE, E5, GTE, and cross-encoders, which judge how well
// two texts go together. Every token sees the whole text.
// Reference: Devlin et al., arXiv:1810.04805; transformers/models/bert/modeling_bert.py.

#include <cmath>

#include "model/hyper_parameters.h"
#include "model/model.h"
#include "model/pooling.h"
#include "nn/attention.h"
#include "nn/embedding.h"
#include "nn/linear.h"
#include "nn/normalization.h"

namespace cria::model {
namespace {

struct Options {
  int64_t vocab, width, hidden, positions, types;
  int64_t labels;  // of the classifier; 0: none
  HeadOptions heads;
  float eps;
  ml::AttentionOptions attention;
  ml::Activation activation;

  explicit Options(const Config& c)
      : vocab(c.dim("vocab_size")),
        width(c.dim("embedding_length")),
        hidden(c.dim("feed_forward_length")),
        positions(c.dim("context_length")),
        types(c.dim("tokenizer.ggml.token_type_count", 1)),
        labels(read_labels(c)),
        heads(read_heads(c, width)),
        eps(c.positive("attention.layer_norm_epsilon")),
        attention{.scale = 1.f / std::sqrt(static_cast<float>(heads.dim))},
        activation(read_activation(c, ml::Activation::kGeluErf)) {
    if (c.flag("attention.causal", false)) {
      c.unsupported("attention.causal",
                    "is true, expected an encoder, whose tokens see all others");
    }
  }

 private:
  static int64_t read_labels(const Config& c) {
    if (read_pooling(c) != Pooling::kRank) return 0;
    return std::max<int64_t>(1, std::ssize(c.texts("classifier.output_labels")));
  }
};

struct Attention {
  nn::Linear query, key, value, output;

  void bind(nn::Weights& w, const Options& o) {
    w("attn_q", query, {o.heads.query * o.heads.dim, o.width});
    w("attn_k", key, {o.heads.key_value * o.heads.dim, o.width});
    w("attn_v", value, {o.heads.key_value * o.heads.dim, o.width});
    w("attn_output", output, {o.width, o.heads.query * o.heads.dim});
  }

  ml::Tensor forward(ml::Tensor x, kvcache::Layer& cache, const Options& o) const {
    const ml::Tensor q = query(x).split_last(o.heads.query);  // [t, heads, head_dim]
    const ml::Tensor k = key(x).split_last(o.heads.key_value);
    const ml::Tensor v = value(x).split_last(o.heads.key_value);
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

// Norms follow the sums with what came in.
struct Block {
  nn::LayerNorm attention_norm, mlp_norm;
  Attention attention;
  Mlp mlp;

  void bind(nn::Weights& w, const Options& o) {
    w(attention, o)("attn_output_norm", attention_norm, {o.width});
    w(mlp, o)("layer_output_norm", mlp_norm, {o.width});
  }

  // With `outputs`, only those rows leave the block.
  ml::Tensor forward(ml::Tensor x, ml::Tensor outputs, kvcache::Layer& cache,
                     const Options& o) const {
    ml::Tensor h = attention.forward(x, cache, o);
    if (outputs) {
      h = ml::rows(h, outputs);
      x = ml::rows(x, outputs);
    }
    x = attention_norm(x + h, o.eps);
    return mlp_norm(x + mlp.forward(x, o), o.eps);
  }
};

class Bert final : public Model {
 public:
  explicit Bert(const Config& c)
      : options_(c), blocks_(static_cast<size_t>(c.dim("block_count"))) {}

  void bind(nn::Weights& w) override {
    const Options& o = options_;
    w("token_embd", token_embedding_, {o.vocab, o.width});
    w("position_embd", position_embedding_, {o.positions, o.width});
    w("token_types", type_embedding_, {o.types, o.width});
    w("token_embd_norm", embedding_norm_, {o.width});
    w("blk", blocks_, o);
    if (o.labels == 0) return;
    w("cls", pooler_, {o.width, o.width}, nn::kOptional);
    w("cls.output", classifier_, {o.labels, o.width});
  }

  ml::Tensor forward(const Batch& batch, kvcache::View& cache) const override {
    ml::Tensor x = token_embedding_(batch.tokens) + type_embedding_(batch.types);
    x = embedding_norm_(x + position_embedding_(batch.positions), options_.eps);
    for (size_t i = 0; i < blocks_.size(); ++i) {
      x.named(concat("hidden.", i));
      const bool last = i + 1 == blocks_.size();
      x = blocks_[i].forward(x, last ? batch.outputs : ml::Tensor{}, cache[i], options_);
    }
    x.named(concat("hidden.", blocks_.size()));
    if (options_.labels == 0) return x;
    return classifier_(pooler_.weight ? ml::tanh(pooler_(x)) : x);
  }

  std::vector<kvcache::LayerSpec> cache_spec() const override {
    return {blocks_.size(),
            {.kv_heads = options_.heads.key_value,
             .head_dim = options_.heads.dim,
             .kind = kvcache::LayerKind::kBidirectional}};
  }

  ml::Tensor shift(size_t, ml::Tensor, ml::Tensor) const override { return {}; }

  int64_t vocabulary() const override { return options_.vocab; }
  int64_t token_types() const override { return options_.types; }
  int64_t positions() const override { return options_.positions; }
  Output output() const override { return options_.labels > 0 ? Output::kScores : Output::kHidden; }

 private:
  Options options_;
  nn::Embedding token_embedding_, position_embedding_, type_embedding_;
  nn::LayerNorm embedding_norm_;
  std::vector<Block> blocks_;
  nn::Linear pooler_, classifier_;
};

const Registration<Bert> kRegistered{"bert"};

}  // namespace
}  // namespace cria::model
