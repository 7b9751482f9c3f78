// Formats whose elements stand for themselves.

#include "ml/formats_bits.h"

namespace cria::ml {
namespace {

float float_to_float(float x) { return x; }
float int_to_float(int32_t x) { return static_cast<float>(x); }

template <class Stored, float (*decode)(Stored)>
void read(const std::byte* row, std::span<float> out) {
  for (size_t i = 0; i < out.size(); ++i)
    out[i] = decode(load_as<Stored>(row + i * sizeof(Stored)));
}

template <class Stored, Stored (*encode)(float)>
void write(std::span<const float> x, std::span<const float>, std::byte* row) {
  for (size_t i = 0; i < x.size(); ++i) store_as<Stored>(row + i * sizeof(Stored), encode(x[i]));
}

constexpr Format kFormats[] = {
    {DType::kF32, read<float, float_to_float>, write<float, float_to_float>},
    {DType::kF16, read<uint16_t, half_to_float>, write<uint16_t, float_to_half>},
    {DType::kBF16, read<uint16_t, bfloat16_to_float>, write<uint16_t, float_to_bfloat16>},
    {DType::kI32, read<int32_t, int_to_float>, nullptr},
};

}  // namespace

std::span<const Format> plain_formats() { return kFormats; }

}  // namespace cria::ml
