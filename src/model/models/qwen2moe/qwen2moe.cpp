// Qwen1.5-MoE and Qwen2-MoE: a mixture of experts in every block, and one more expert that every
// token uses, as much as a gate says.
// Reference: transformers/models/qwen2_moe/modeling_qwen2_moe.py.

#include <cmath>

#include "model/hyper_parameters.h"
#include "model/model.h"
#include "nn/attention.h"
#include "nn/embedding.h"
#include "nn/experts.h"
#include "nn/linear.h"
#include "nn/normalization.h"

namespace cria::model {
namespace {

struct Options {
  int64_t vocab, width, hidden, shared_hidden;
  HeadOptions heads;
  ExpertOptions experts;
  bool renormalise;  // the weights of the experts that a token uses
  float eps;
  ml::AttentionOptions attention;
  ml::RopeOptions rope;

  explicit Options(const Config& c)
      : vocab(c.dim("vocab_size")),
        width(c.dim("embedding_length")),
        hidden(c.dim("expert_feed_forward_length")),
        shared_hidden(c.dim("expert_shared_feed_forward_length")),
        heads(read_heads(c, width)),
        experts(read_experts(c)),
        renormalise(c.flag("norm_top_k_prob", c.flag("expert_weights_norm", false))),
        eps(c.positive("attention.layer_norm_rms_epsilon")),
        attention{.scale = 1.f / std::sqrt(static_cast<float>(heads.dim))},
        rope(read_rope(c, heads.dim, ml::RopePairs::kHalves)) {
    refuse(c, {"leading_dense_block_count", "attention.sliding_window"});
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

  ml::Tensor forward(ml::Tensor x, ml::Tensor positions, kvcache::Layer& cache,
                     const Options& o) const {
    ml::Tensor q = query(x).split_last(o.heads.query);  // [t, heads, head_dim]
    ml::Tensor k = key(x).split_last(o.heads.key_value);
    ml::Tensor v = value(x).split_last(o.heads.key_value);
    q = ml::rope(q, positions, o.rope);
    k = ml::rope(k, positions, o.rope);
    return output(nn::attention(q, k, v, o.attention, cache).merge_last());
  }
};

struct Mlp {
  nn::Linear router;
  nn::ExpertMlp experts;
  nn::Linear gate, up, down;  // of the shared expert
  ml::Tensor shared_gate;     // [width]

  void bind(nn::Weights& w, const Options& o) {
    w("ffn_gate_inp", router, {o.experts.count, o.width});
    w(experts, nn::ExpertMlp::Options{o.experts.count, o.width, o.hidden});
    w("ffn_gate_shexp", gate, {o.shared_hidden, o.width});
    w("ffn_up_shexp", up, {o.shared_hidden, o.width});
    w("ffn_down_shexp", down, {o.width, o.shared_hidden});
    w("ffn_gate_inp_shexp.weight", shared_gate, {o.width});
  }

  ml::Tensor forward(ml::Tensor x, const Options& o) const {
    const ml::Tensor shared = down(ml::swiglu(gate(x), up(x)));
    return experts(x, nn::route(router(x), o.experts.used, o.renormalise)) +
           shared * ml::sigmoid(ml::sum(x * shared_gate));
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
  ml::Tensor forward(ml::Tensor x, ml::Tensor positions, ml::Tensor outputs, kvcache::Layer& cache,
                     const Options& o) const {
    ml::Tensor h = attention.forward(attention_norm(x, o.eps), positions, cache, o);
    if (outputs) {
      h = ml::rows(h, outputs);
      x = ml::rows(x, outputs);
    }
    x = x + h;
    return x + mlp.forward(mlp_norm(x, o.eps), o);
  }
};

class Qwen2Moe final : public Model {
 public:
  explicit Qwen2Moe(const Config& c)
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
    return {blocks_.size(), {.kv_heads = options_.heads.key_value, .head_dim = options_.heads.dim}};
  }

  ml::Tensor shift(size_t, ml::Tensor key, ml::Tensor delta) const override {
    return ml::rope(key, delta, options_.rope.again());
  }

  int64_t vocabulary() const override { return options_.vocab; }

 private:
  Options options_;
  nn::Embedding token_embedding_;
  std::vector<Block> blocks_;
  nn::RmsNorm output_norm_;
  nn::Linear output_;
};

const Registration<Qwen2Moe> kRegistered{"qwen2moe"};

}  // namespace
}  // namespace cria::model
