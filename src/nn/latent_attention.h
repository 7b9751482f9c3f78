#pragma once
// Attention whose keys and values all heads expand from one latent vector per token, so that only
// that is cached. Reference: DeepSeek-V2, arXiv:2405.04434.

#include "nn/attention.h"
#include "nn/linear.h"
#include "nn/normalization.h"

namespace cria::nn {

// The matrix that expands a latent to keys is applied to queries instead, and the one that expands
// it to values to what attention gives: then all heads share the latents as keys and values.
struct LatentAttention {
  struct Options {
    int64_t width, heads;
    int64_t query_rank, rank;    // of the latents of queries, 0: none, and of keys and values
    int64_t key_dim, value_dim;  // of a head; of a key the last rope.dims are rotated
    float scale;
    ml::RopeOptions rope;
  };

  // Of the latents' norms, whatever that of a model's others is.
  static constexpr float kEps = 1e-6f;

  Linear query, query_down, query_up, latent, output;
  RmsNorm query_norm, latent_norm;
  HeadLinear key, value;

  void bind(Weights& w, const Options& o) {
    if (o.query_rank > 0) {
      w("attn_q_a", query_down, {o.query_rank, o.width});
      w("attn_q_a_norm", query_norm, {o.query_rank});
      w("attn_q_b", query_up, {o.heads * o.key_dim, o.query_rank});
    } else {
      w("attn_q", query, {o.heads * o.key_dim, o.width});
    }
    w("attn_kv_a_mqa", latent, {o.rank + o.rope.dims, o.width});
    w("attn_kv_a_norm", latent_norm, {o.rank});
    w("attn_k_b", key, {o.heads, o.rank, o.key_dim - o.rope.dims});
    w("attn_v_b", value, {o.heads, o.value_dim, o.rank});
    w("attn_output", output, {o.width, o.heads * o.value_dim});
  }

  // x [t, width] -> [t, width]. What is rotated is cached before the latent, which is also the
  // value.
  ml::Tensor forward(ml::Tensor x, ml::Tensor positions, kvcache::Layer& cache,
                     const Options& o) const {
    const int64_t plain = o.key_dim - o.rope.dims;
    ml::Tensor q = o.query_rank > 0 ? query_up(query_norm(query_down(x), kEps)) : query(x);
    q = q.split_last(o.heads);
    q = ml::concat_along(2, ml::slice(q, 2, plain, o.key_dim), key(ml::slice(q, 2, 0, plain)));
    const ml::Tensor kv = latent(x);
    const ml::Tensor v = latent_norm(ml::slice(kv, 1, 0, o.rank), kEps);
    const ml::Tensor rotated = ml::slice(kv, 1, o.rank, o.rank + o.rope.dims);
    const ml::Tensor k = ml::concat_along(1, rotated, v).split_last(1);
    const ml::Tensor h = attention(ml::rope(q, positions, o.rope), ml::rope(k, positions, o.rope),
                                   v.split_last(1), {.scale = o.scale}, cache);
    return output(value(h).merge_last());
  }

  static kvcache::LayerSpec cache_spec(const Options& o) {
    return {.kv_heads = 1, .head_dim = o.rank + o.rope.dims, .value_dim = o.rank};
  }
};

}  // namespace cria::nn
