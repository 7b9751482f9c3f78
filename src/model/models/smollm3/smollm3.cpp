// SmolLM3: Llama, with layers whose queries and keys are not rotated: by default every fourth.
// Reference: transformers/models/smollm3/modeling_smollm3.py; rotary pairs are adjacent, as the
// exporters permute them.

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
  ml::RopeOptions rope;
  std::vector<bool> rotates;  // of each layer
  std::vector<int64_t> windows;

  explicit Options(const Config& c)
      : vocab(c.dim("vocab_size")),
        width(c.dim("embedding_length")),
        hidden(c.dim("feed_forward_length")),
        heads(read_heads(c, width)),
        eps(c.positive("attention.layer_norm_rms_epsilon")),
        attention{.scale = 1.f / std::sqrt(static_cast<float>(heads.dim))},
        rope(read_rope(c, heads.dim, ml::RopePairs::kAdjacent)),
        windows(read_windows(c, c.dim("block_count"), 1)) {
    refuse(c, {"expert_count"});
    const auto given = c.flags("rope.layer_pattern", std::ssize(windows));
    for (size_t i = 0; i < windows.size(); ++i) {
      rotates.push_back(given ? (*given)[i] : (i + 1) % 4 != 0);
    }
  }
};

// What a block of one pass needs to know.
struct Pass {
  ml::Tensor positions;
  bool rotates;
};

struct Attention {
  nn::Linear query, key, value, output;

  void bind(nn::Weights& w, const Options& o) {
    w("attn_q", query, {o.heads.query * o.heads.dim, o.width});
    w("attn_k", key, {o.heads.key_value * o.heads.dim, o.width});
    w("attn_v", value, {o.heads.key_value * o.heads.dim, o.width});
    w("attn_output", output, {o.width, o.heads.query * o.heads.dim});
  }

  ml::Tensor forward(ml::Tensor x, const Pass& pass, kvcache::Layer& cache,
                     const Options& o) const {
    ml::Tensor q = query(x).split_last(o.heads.query);  // [t, heads, head_dim]
    ml::Tensor k = key(x).split_last(o.heads.key_value);
    ml::Tensor v = value(x).split_last(o.heads.key_value);
    if (pass.rotates) {
      q = ml::rope(q, pass.positions, o.rope);
      k = ml::rope(k, pass.positions, o.rope);
    }
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
    return x + mlp.forward(mlp_norm(x, o.eps));
  }
};

class SmolLm3 final : public Model {
 public:
  explicit SmolLm3(const Config& c)
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
      x = blocks_[i].forward(x, {batch.positions, options_.rotates[i]},
                             last ? batch.outputs : ml::Tensor{}, cache[i], options_);
    }
    x = output_norm_(x, options_.eps).named(concat("hidden.", blocks_.size()));
    return output_(x);
  }

  std::vector<kvcache::LayerSpec> cache_spec() const override {
    return kvcache::with_windows(
        {.kv_heads = options_.heads.key_value, .head_dim = options_.heads.dim}, options_.windows);
  }

  ml::Tensor shift(size_t layer, ml::Tensor key, ml::Tensor delta) const override {
    return options_.rotates[layer] ? ml::rope(key, delta, options_.rope.again()) : key;
  }

  int64_t vocabulary() const override { return options_.vocab; }

 private:
  Options options_;
  nn::Embedding token_embedding_;
  std::vector<Block> blocks_;
  nn::RmsNorm output_norm_;
  nn::Linear output_;
};

const Registration<SmolLm3> kRegistered{"smollm3"};

}  // namespace
}  // namespace cria::model
