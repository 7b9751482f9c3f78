#pragma once
// Numbers of a checkpoint's types as numbers of a file's types.

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string_view>

namespace cria::convert {

// GGUF's ids.
enum class OutputType : uint32_t { kF32 = 0, kF16 = 1, kBf16 = 30, kMxfp4 = 39 };
std::string_view name_of(OutputType type);  // "f32"
size_t bytes_of(OutputType type);           // of an element; MXFP4 has none of its own

bool can_cast(std::string_view dtype);  // F64, F32, F16 and BF16

// The type that keeps all of it; F64 loses digits in any.
OutputType nearest_type(std::string_view dtype);

// Rounds to nearest, ties to even. The first finite number that became infinite, when there is one.
std::optional<double> cast(std::string_view dtype, std::span<const std::byte> in, OutputType type,
                           std::span<std::byte> out);

}  // namespace cria::convert
