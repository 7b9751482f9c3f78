#pragma once
// Convolutions in one dimension and two, depthwise with as many groups as channels.

#include "ml/ops.h"
#include "nn/weights.h"

namespace cria::nn {

struct ConvolutionOptions {
  int64_t stride = 1, padding = 0, dilation = 1, groups = 1;  // alike in both dimensions
};

// x [n, in, w] -> [n, out, ow]
struct Convolution1d {
  ml::Tensor weight, bias;  // [out, in / groups, kernel], [out]

  void bind(Weights& w, const ml::Shape& shape) {
    w("weight", weight, shape)("bias", bias, {shape[0]}, kOptional);
  }

  ml::Tensor operator()(ml::Tensor x, const ConvolutionOptions& o) const {
    return padded(x, o.padding, o.padding, o);
  }
  // No result sees what comes after it: zeros go before x only, and x gets as many results as it
  // is wide.
  ml::Tensor causal(ml::Tensor x, const ConvolutionOptions& o) const {
    return padded(x, (weight.dim(-1) - 1) * o.dilation, 0, o);
  }

 private:
  ml::Tensor padded(ml::Tensor x, int64_t before, int64_t after,
                    const ConvolutionOptions& o) const {
    if (before > 0 || after > 0) x = ml::pad(x, 2, before, after);
    return ml::conv(x, weight, bias,
                    {.stride = {1, o.stride}, .dilation = {1, o.dilation}, .groups = o.groups});
  }
};

// Channel by channel over the tokens of sequences, whose latest inputs a state keeps: x [t,
// channels]
// -> [t, channels]
struct CausalConvolution {
  ml::Tensor weight, bias;  // [channels, kernel], [channels]

  void bind(Weights& w, const ml::Shape& shape) {
    w("weight", weight, shape)("bias", bias, {shape[0]}, kOptional);
  }
  // `past` has a state [slots, kernel - 1, channels].
  ml::Tensor operator()(ml::Tensor x, const ml::Recurrence& past) const {
    return ml::causal_conv(x, weight, bias, past);
  }
};

// x [n, in, h, w] -> [n, out, oh, ow]
struct Convolution2d {
  ml::Tensor weight, bias;  // [out, in / groups, kernel, kernel], [out]

  void bind(Weights& w, const ml::Shape& shape) {
    w("weight", weight, shape)("bias", bias, {shape[0]}, kOptional);
  }

  ml::Tensor operator()(ml::Tensor x, const ConvolutionOptions& o) const {
    if (o.padding > 0) x = ml::pad(ml::pad(x, 2, o.padding, o.padding), 3, o.padding, o.padding);
    return ml::conv(
        x, weight, bias,
        {.stride = {o.stride, o.stride}, .dilation = {o.dilation, o.dilation}, .groups = o.groups});
  }
};

}  // namespace cria::nn
