#pragma once
// Writes safetensors files, as the reference implementation orders and aligns them.

#include <cstddef>
#include <cstdint>
#include <map>
#include <span>
#include <string>
#include <utility>
#include <vector>

namespace cria::safetensors {

// A tensor to be written: bytes of any type of the format, little-endian and row-major, or floats
// as F32. They outlive it.
struct Output {
  Output(std::string tensor, std::string type, std::vector<int64_t> dims,
         std::span<const std::byte> bytes)
      : name(std::move(tensor)), dtype(std::move(type)), shape(std::move(dims)), data(bytes) {}
  Output(std::string tensor, std::vector<int64_t> dims, std::span<const float> values)
      : Output(std::move(tensor), "F32", std::move(dims), std::as_bytes(values)) {}

  std::string name, dtype;
  std::vector<int64_t> shape;
  std::span<const std::byte> data;
};

using TextMap = std::map<std::string, std::string>;

// Writes the tensors through a temporary file in the same folder, renamed when whole. Those of the
// largest types come first, which aligns them all, and among equals they are sorted by name.
// InvalidArgument when a dtype is unknown, a shape does not fit its data, or names repeat or are
// not UTF-8.
void write(const std::string& path, std::span<const Output> tensors, const TextMap& metadata);

// Writes them to a folder as model.safetensors; or, when they are more than so many bytes, shared
// out in the order given to model-00001-of-00002.safetensors and so on, and an index that says
// where each is. Only a tensor that is larger itself makes a file larger. The index is written
// last.
void write_sharded(const std::string& folder, std::span<const Output> tensors,
                   uint64_t bytes_per_file, const TextMap& metadata);

}  // namespace cria::safetensors
