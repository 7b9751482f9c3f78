// gpt-oss: windows in every other layer, attention with sinks, experts with biases and a limited
// SwiGLU. Files of Ollama's own converter leave out some keys, have other names for some weights,
// and may have weights joined that others have apart.
// Reference: transformers/models/gpt_oss/modeling_gpt_oss.py.

#include <cmath>

#include "model/hyper_parameters.h"
#include "model/model.h"
#include "model/models/gptoss/joined.h"
#include "nn/attention.h"
#include "nn/embedding.h"
#include "nn/experts.h"
#include "nn/linear.h"
#include "nn/normalization.h"

namespace cria::model {
namespace {

struct Options {
  int64_t vocab, width, hidden;
  HeadOptions heads;
  ExpertOptions experts;
  float eps, swiglu_alpha, swiglu_limit;
  bool may_be_joined;
  ml::AttentionOptions attention;
  ml::RopeOptions rope;
  std::vector<int64_t> windows;

  explicit Options(const Config& c)
      : vocab(c.dim("vocab_size")),
        width(c.dim("embedding_length")),
        hidden(c.dim(c.has("expert_feed_forward_length") ? "expert_feed_forward_length"
                                                         : "feed_forward_length")),
        heads(read_heads(c, width)),
        experts(read_experts(c)),
        eps(c.positive("attention.layer_norm_rms_epsilon")),
        swiglu_alpha(c.positive("swiglu_alpha", 1.702f)),
        swiglu_limit(c.positive("swiglu_limit", 7)),
        may_be_joined(c.architecture() == "gptoss"),
        attention{.scale = 1.f / std::sqrt(static_cast<float>(heads.dim))},
        rope(read_rope(c, heads.dim, ml::RopePairs::kHalves)),
        windows(read_windows(c, c.dim("block_count"), 2)) {
    refuse(c, {"expert_shared_count", "leading_dense_block_count"});
    // It was trained so, whether or not a file says it.
    rope.yarn.whole_pairs = c.flag("rope.scaling.yarn_truncate", false);
  }
};

struct Attention {
  HeadProjections projections;
  nn::Linear output;
  ml::Tensor sinks;  // [heads]

  void bind(nn::Weights& w, const Options& o) {
    w(projections, HeadProjections::Options{o.width, o.heads, o.may_be_joined});
    w("attn_output", output, {o.width, o.heads.query * o.heads.dim}, nn::alt("attn_out"));
    w("attn_sinks.weight", sinks, {o.heads.query}, nn::alt("attn_sinks"));
  }

  ml::Tensor forward(ml::Tensor x, ml::Tensor positions, kvcache::Layer& cache,
                     const Options& o) const {
    const auto [queries, keys, values] = projections(x, o.heads);
    const ml::Tensor q = ml::rope(queries, positions, o.rope);
    const ml::Tensor k = ml::rope(keys, positions, o.rope);
    return output(nn::attention(q, k, values, o.attention, cache, sinks).merge_last());
  }
};

struct Mlp {
  nn::Linear router;
  GateAndUp gate_and_up;
  nn::ExpertLinear down;

  void bind(nn::Weights& w, const Options& o) {
    const int64_t count = o.experts.count;
    w("ffn_gate_inp", router, {count, o.width});
    w(gate_and_up, GateAndUp::Options{count, o.width, o.hidden, o.may_be_joined});
    w("ffn_down_exps", down, {count, o.width, o.hidden});
  }

  ml::Tensor forward(ml::Tensor x, const Options& o) const {
    const nn::Routing routing = nn::route(router(x), o.experts.used, true);
    const auto [gate, up] = gate_and_up(x, routing.ids);
    const ml::Tensor h = ml::swiglu_limited(gate, up, o.swiglu_alpha, o.swiglu_limit);
    return ml::weighted_sum(down(h, routing.ids), routing.weights);
  }
};

struct Block {
  nn::RmsNorm attention_norm, mlp_norm;
  Attention attention;
  Mlp mlp;

  void bind(nn::Weights& w, const Options& o) {
    w("attn_norm", attention_norm, {o.width})(attention, o);
    w("post_attention_norm", mlp_norm, {o.width}, nn::alt("ffn_norm"))(mlp, o);
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

class GptOss final : public Model {
 public:
  explicit GptOss(const Config& c)
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

const Registration<GptOss> kRegistered{"gptoss", {.architecture = "gpt-oss", .key = {}}};

}  // namespace
}  // namespace cria::model
