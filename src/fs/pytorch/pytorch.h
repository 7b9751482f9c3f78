#pragma once
// Reads PyTorch checkpoints (torch.save since 1.6: zip archives), memory-mapped. Nothing in a file
// is executed, imported or extracted.

#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <vector>

namespace cria::pytorch {

struct TensorInfo {
  std::string name;
  std::string dtype;  // as in safetensors: "F32", "BF16", "I64", ...
  std::vector<int64_t> shape;
  std::vector<int64_t> strides;     // in elements; empty when they follow from the shape
  std::span<const std::byte> data;  // inside the mapping, at any address: all that strides reach
};

class File {
 public:
  // NotFound; Corrupt with what is wrong; Unsupported: older formats, and whatever else than
  // a dictionary of tensors is in it.
  static std::unique_ptr<File> open(const std::string& path);
  // The same for the bytes of a file, which outlive the result; `name` is for messages.
  static std::unique_ptr<File> parse(std::span<const std::byte> bytes, std::string name);
  virtual ~File() = default;

  virtual const std::string& path() const = 0;
  virtual const std::vector<TensorInfo>& tensors() const = 0;  // in the file's order
};

}  // namespace cria::pytorch
