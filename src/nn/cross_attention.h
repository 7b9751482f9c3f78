#pragma once
// Attention of a text to what an encoder made of something else, with norms of queries and keys.

#include <cmath>

#include "kvcache/cache.h"
#include "nn/linear.h"
#include "nn/normalization.h"

namespace cria::nn {

struct CrossAttention {
  struct Options {
    int64_t width, heads, kv_heads, head_dim;
    float eps;
  };

  Linear query, key, value, output;
  RmsNorm query_norm, key_norm;

  void bind(Weights& w, const Options& o) {
    w("cross_attn_q_proj", query, {o.heads * o.head_dim, o.width});
    w("cross_attn_k_proj", key, {o.kv_heads * o.head_dim, o.width});
    w("cross_attn_v_proj", value, {o.kv_heads * o.head_dim, o.width});
    w("cross_attn_o_proj", output, {o.width, o.heads * o.head_dim});
    w("cross_attn_q_norm", query_norm, {o.head_dim})("cross_attn_k_norm", key_norm, {o.head_dim});
  }

  // What the encoder gave [rows, width], for tokens to come.
  void encode(ml::Tensor x, kvcache::Layer& cache, const Options& o) const {
    const ml::Tensor k = key_norm(key(x).split_last(o.kv_heads), o.eps);
    cache.append(k, value(x).split_last(o.kv_heads));
  }

  ml::Tensor forward(ml::Tensor x, const kvcache::Layer& cache, const Options& o) const {
    const ml::Tensor q = query_norm(query(x).split_last(o.heads), o.eps);
    const float scale = 1.f / std::sqrt(static_cast<float>(o.head_dim));
    return output(
        ml::attention(q, cache.history(), {.scale = scale, .block_size = cache.block_size()})
            .merge_last());
  }
};

}  // namespace cria::nn
