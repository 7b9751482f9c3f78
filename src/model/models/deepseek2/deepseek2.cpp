// DeepSeek V2, V3 and R1: attention over a latent vector per token instead of keys and values, and
// experts after some dense layers.
// Reference: transformers/models/deepseek_v3/modeling_deepseek_v3.py and deepseek_v2; the exporters
// split the matrix that expands latents into one for keys, which goes to the queries' side, and one
// for values.

#include <cmath>

#include "model/hyper_parameters.h"
#include "model/model.h"
#include "nn/embedding.h"
#include "nn/experts.h"
#include "nn/latent_attention.h"
#include "nn/linear.h"
#include "nn/normalization.h"

namespace cria::model {
namespace {

struct Options {
  int64_t vocab, width, hidden, dense_blocks, expert_hidden, shared_hidden;
  nn::RouterOptions router;
  ExpertOptions experts;
  float eps;
  nn::LatentAttention::Options attention;

  explicit Options(const Config& c)
      : vocab(c.dim("vocab_size")),
        width(c.dim("embedding_length")),
        hidden(c.dim("feed_forward_length")),
        dense_blocks(c.count("leading_dense_block_count")),
        expert_hidden(c.dim("expert_feed_forward_length")),
        shared_hidden(expert_hidden * c.count("expert_shared_count")),
        router(read_router(c)),
        experts(read_experts(c)),
        eps(c.positive("attention.layer_norm_rms_epsilon")),
        attention{.width = width,
                  .heads = c.dim("attention.head_count"),
                  .query_rank = c.count("attention.q_lora_rank"),
                  .rank = c.dim("attention.kv_lora_rank"),
                  .key_dim = c.dim("attention.key_length_mla"),
                  .value_dim = c.dim("attention.value_length_mla"),
                  .scale = 1,
                  .rope = read_rope(c, attention.key_dim, ml::RopePairs::kAdjacent)} {
    if (const int64_t shared = c.dim("attention.head_count_kv", 1); shared != 1) {
      c.unsupported("attention.head_count_kv", "is ", shared, ", expected 1: the latent");
    }
    ml::RopeOptions& rope = attention.rope;
    if (rope.dims >= attention.key_dim) {
      c.corrupt("rope.dimension_count", "is ", rope.dims,
                ", expected less than attention.key_length_mla, which is ", attention.key_dim);
    }
    // YaRN's temperature: with the key it is of all scores, not only of what is rotated.
    const float multiplier = c.real("rope.scaling.yarn_log_multiplier", 0);
    if (multiplier < 0) {
      c.corrupt("rope.scaling.yarn_log_multiplier", "is ", multiplier, ", expected 0 or more");
    }
    const float temperature = 1 + multiplier * std::log(1 / rope.scale);
    if (multiplier != 0) rope.yarn.magnitude = c.positive("rope.scaling.attn_factor", 1);
    attention.scale = temperature * temperature / std::sqrt(static_cast<float>(attention.key_dim));
  }
};

struct Mlp {
  nn::Linear gate, up, down;

  void bind(nn::Weights& w, const std::string& suffix, int64_t width, int64_t hidden) {
    w("ffn_gate" + suffix, gate, {hidden, width});
    w("ffn_up" + suffix, up, {hidden, width});
    w("ffn_down" + suffix, down, {width, hidden});
  }

  ml::Tensor forward(ml::Tensor x) const { return down(ml::swiglu(gate(x), up(x))); }
};

struct Block {
  bool dense = false;
  nn::RmsNorm attention_norm, mlp_norm;
  nn::LatentAttention attention;
  nn::Linear router;
  ml::Tensor router_bias;  // [experts]
  nn::ExpertMlp experts;
  Mlp mlp;  // the dense one, or that of the shared experts

  void bind(nn::Weights& w, const Options& o) {
    w("attn_norm", attention_norm, {o.width})(attention, o.attention)("ffn_norm", mlp_norm,
                                                                      {o.width});
    if (dense) return mlp.bind(w, "", o.width, o.hidden);
    w("ffn_gate_inp", router, {o.experts.count, o.width});
    w("exp_probs_b.bias", router_bias, {o.experts.count}, nn::kOptional);
    w(experts, nn::ExpertMlp::Options{o.experts.count, o.width, o.expert_hidden});
    if (o.shared_hidden > 0) mlp.bind(w, "_shexp", o.width, o.shared_hidden);
  }

  ml::Tensor feed(ml::Tensor x, const Options& o) const {
    if (dense) return mlp.forward(x);
    const ml::Tensor h = experts(x, nn::route(router(x), o.router, router_bias));
    return o.shared_hidden > 0 ? h + mlp.forward(x) : h;
  }

  // With `outputs`, only those rows leave the block: the last one need not compute the others.
  ml::Tensor forward(ml::Tensor x, ml::Tensor positions, ml::Tensor outputs, kvcache::Layer& cache,
                     const Options& o) const {
    ml::Tensor h = attention.forward(attention_norm(x, o.eps), positions, cache, o.attention);
    if (outputs) {
      h = ml::rows(h, outputs);
      x = ml::rows(x, outputs);
    }
    x = x + h;
    return x + feed(mlp_norm(x, o.eps), o);
  }
};

class DeepSeek2 final : public Model {
 public:
  explicit DeepSeek2(const Config& c)
      : options_(c), blocks_(static_cast<size_t>(c.dim("block_count"))) {
    for (size_t i = 0; i < blocks_.size(); ++i) {
      blocks_[i].dense = static_cast<int64_t>(i) < options_.dense_blocks;
    }
  }

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
    return {blocks_.size(), nn::LatentAttention::cache_spec(options_.attention)};
  }

  ml::Tensor shift(size_t, ml::Tensor key, ml::Tensor delta) const override {
    return ml::rope(key, delta, options_.attention.rope.again());
  }

  int64_t vocabulary() const override { return options_.vocab; }

 private:
  Options options_;
  nn::Embedding token_embedding_;
  std::vector<Block> blocks_;
  nn::RmsNorm output_norm_;
  nn::Linear output_;
};

const Registration<DeepSeek2> kRegistered{"deepseek2"};

}  // namespace
}  // namespace cria::model
