#pragma once
// Reads and writes safetensors files (https://github.com/huggingface/safetensors), memory-mapped.

#include <cstddef>
#include <cstdint>
#include <map>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace cria::safetensors {

struct TensorInfo {
  std::string name;
  std::string dtype;  // "F32", "F16", "BF16", "I32", "I64", ...
  std::vector<int64_t> shape;
  std::span<const std::byte> data;  // inside the mapping
};

class File {
 public:
  // NotFound; Corrupt with what is wrong.
  static std::unique_ptr<File> open(const std::string& path);
  virtual ~File() = default;
  virtual const std::string& path() const = 0;
  virtual const std::vector<TensorInfo>& tensors() const = 0;  // in order of their data
  virtual const std::map<std::string, std::string>& metadata() const = 0;
  const TensorInfo* find(std::string_view name) const;

  // Converted to the type asked for; NotFound, InvalidArgument when the stored type is no number of that kind.
  std::vector<float> floats(std::string_view name) const;
  std::vector<int32_t> ints(std::string_view name) const;
};

struct Output {
  std::string name;
  std::vector<int64_t> shape;
  std::span<const float> values;
};
// Writes F32 tensors through a temporary file in the same folder, renamed when whole.
void write(const std::string& path, std::span<const Output> tensors, const std::map<std::string, std::string>& metadata);

}  // namespace cria::safetensors
