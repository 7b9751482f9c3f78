#pragma once
// Reads the list of a GGUF file's tensors and finds their data.

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

#include "base/problems.h"
#include "fs/gguf/gguf.h"
#include "fs/gguf/reader.h"

namespace cria::gguf {

struct TensorEntry {
  TensorInfo info;
  uint64_t offset = 0;  // of the data, from the start of all data
  uint64_t bytes = 0;   // of the data; 0 when type or dimensions are wrong
};

// An empty name, no dimensions.
constexpr size_t kFewestTensorBytes = 8 + 4 + 4 + 8;

// The bytes of a tensor's data, by its type and dimensions; 0 and a problem when there can be none.
uint64_t checked_bytes(const TensorEntry& tensor, Problems& problems);
// That no name is empty or repeated.
void check_names(const std::vector<TensorEntry>& tensors, Problems& problems);

constexpr uint64_t kMostTensors = uint64_t{1} << 20;

std::vector<TensorEntry> read_tensors(Reader& reader, size_t count, Problems& problems);

// Fills in the data of each, which must be aligned, inside `data` and apart from all others.
void place_tensors(std::vector<TensorEntry>& tensors, std::span<const std::byte> data,
                   uint64_t alignment, Problems& problems);

}  // namespace cria::gguf
