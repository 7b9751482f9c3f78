#pragma once
// Activations to blocks of 16-bit integers with one scale each. Needs a tile_<isa>.h for
// largest_magnitude() and round_half_block().

namespace cria::ml::cpu {
namespace {

void quantize_row(const float* x, int64_t n, std::byte* out) {
  for (int64_t i = 0; i < n; i += kBlock, out += sizeof(ActivationBlock)) {
    ActivationBlock& block = *reinterpret_cast<ActivationBlock*>(out);
    const float largest = largest_magnitude(x + i);
    // Below, the inverse would overflow; such values count as zero.
    constexpr float kSmallest = 1e-30f, kLargest = 3.4028234663852886e38f;
    const bool representable = largest >= kSmallest && largest <= kLargest;
    const float inverse = representable ? float{kLargestQuant} / largest : 0.0f;
    int32_t sums[2] = {};
    if (representable) {
      for (int half = 0; half < 2; ++half)
        sums[half] = round_half_block(x + i + half * 16, inverse, block.quants + half * 16);
      block.scale = largest / float{kLargestQuant};
    } else {
      for (int16_t& quant : block.quants) quant = 0;
      block.scale = largest < kSmallest ? 0.0f : __builtin_nanf("");
    }
    block.scaled_sum = block.scale * static_cast<float>(sums[0] + sums[1]);
    for (int half = 0; half < 2; ++half) {
      block.scaled_half_sums[half] = block.scale * static_cast<float>(sums[half]);
      block.negative_half_sums[half] = -sums[half];
    }
  }
}

}  // namespace
}  // namespace cria::ml::cpu
