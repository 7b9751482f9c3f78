#pragma once
// Attention over the history that a layer's cache keeps.

#include "kvcache/cache.h"
#include "ml/ops.h"

namespace cria::nn {

// softmax(q k^T * scale) v over the tokens before and of this pass, each token seeing itself and
// what came before, or as much of it as the layer's window holds. q [t, heads, head_dim], k [t,
// kv_heads, head_dim], v [t, kv_heads, value_dim] -> [t, heads, value_dim]; sinks as of
// ml::attention.
inline ml::Tensor attention(ml::Tensor q, ml::Tensor k, ml::Tensor v, ml::AttentionOptions options,
                            kvcache::Layer& cache, ml::Tensor sinks = {}) {
  options.block_size = cache.block_size();
  options.window = cache.window();
  return ml::attention(q, cache.append(k, v), options, sinks);
}

}  // namespace cria::nn
