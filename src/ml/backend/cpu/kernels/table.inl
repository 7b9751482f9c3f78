#pragma once
// The functions of one instruction set as a table. Included last by each of the per-instruction-set
// files.
//
// Everything in the .inl files has internal linkage, and they use no inline functions or templates
// of shared headers (the standard library's included): the linker keeps one copy of those, and if
// it kept one that was compiled for a newer processor, programs would crash on others.

#include "ml/backend/cpu/kernels/activations.inl"
#include "ml/backend/cpu/kernels/attention.inl"
#include "ml/backend/cpu/kernels/attention_encode.inl"
#include "ml/backend/cpu/kernels/elementwise.inl"
#include "ml/backend/cpu/kernels/matmul.inl"

namespace cria::ml::cpu {
namespace {

constexpr Kernels table() {
  Kernels kernels{};
  add_matmul_kernels(kernels);
  kernels.rms_norm = rms_norm_kernel;
  kernels.add = add_kernel;
  kernels.sub = sub_kernel;
  kernels.mul = mul_kernel;
  kernels.div = div_kernel;
  kernels.exp = exp_kernel;
  kernels.sigmoid = sigmoid_kernel;
  kernels.sqrt = sqrt_kernel;
  kernels.rsqrt = rsqrt_kernel;
  kernels.tanh = tanh_kernel;
  kernels.clamp = clamp_kernel;
  add_activation_kernels(kernels);
  kernels.layer_norm = layer_norm_kernel;
  kernels.weighted_sum = weighted_sum_kernel;
  kernels.affine = affine_kernel;
  kernels.softmax = softmax_kernel;
  kernels.rotate = rotate_kernel;
  kernels.attention = attention_kernel;
  kernels.attend_segment = attend_segment_kernel;
  kernels.join_segments = join_segments_kernel;
  kernels.attention_part_floats = attention_part_floats_kernel;
  kernels.attention_scratch_floats = attention_scratch_floats_kernel;
  kernels.encode_row = encode_row_kernel;
  kernels.to_f16 = to_f16_kernel;
  kernels.from_f16 = from_f16_kernel;
  return kernels;
}

}  // namespace
}  // namespace cria::ml::cpu
