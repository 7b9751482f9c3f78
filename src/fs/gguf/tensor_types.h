#pragma once
// The element types of GGUF tensors, known by size whether or not anything here can compute with
// them.

#include <cstdint>
#include <span>
#include <string_view>

namespace cria::gguf {

struct TensorType {
  uint32_t id;
  std::string_view name;
  uint64_t block_elements;  // consecutive elements of a row that are stored together
  uint64_t block_bytes;
};

std::span<const TensorType> tensor_types();
const TensorType* find_tensor_type(uint32_t id);  // null when unknown

}  // namespace cria::gguf
