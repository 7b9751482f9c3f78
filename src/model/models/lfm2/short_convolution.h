#pragma once
// LFM2's convolution over the latest tokens, channel by channel, gated before and after.

#include "kvcache/cache.h"
#include "nn/convolution.h"
#include "nn/linear.h"

namespace cria::model {

struct ShortConvolution {
  struct Options {
    int64_t width;
    int64_t kernel;  // tokens that it sees
    kvcache::RecurrentSpec state() const { return {kernel - 1, width}; }
  };

  nn::Linear in, out;
  nn::CausalConvolution convolution;

  void bind(nn::Weights& w, const Options& o) {
    w("in_proj", in, {3 * o.width, o.width});
    w("conv", convolution, {o.width, o.kernel});
    w("out_proj", out, {o.width, o.width});
  }

  ml::Tensor forward(ml::Tensor x, const kvcache::Layer& cache) const {  // [t, width]
    const ml::Tensor all = in(x);
    const int64_t width = x.dim(1);
    const auto part = [&](int64_t i) { return ml::slice(all, 1, i * width, (i + 1) * width); };
    const ml::Tensor before = part(0), after = part(1), values = part(2);
    return out(after * convolution(before * values, {cache.state(0), cache.slots()}));
  }
};

}  // namespace cria::model
