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
  std::span<const std::byte> data;  // inside the mapping, at any address
};

class File {
 public:
  // NotFound; Corrupt with what is wrong.
  static std::unique_ptr<File> open(const std::string& path);
  // The same for the bytes of a file, which outlive the result; `name` is for messages.
  static std::unique_ptr<File> parse(std::span<const std::byte> bytes, std::string name);
  virtual ~File() = default;
  virtual const std::string& path() const = 0;
  virtual const std::vector<TensorInfo>& tensors() const = 0;  // in order of their data
  virtual const std::map<std::string, std::string>& metadata() const = 0;
  virtual const TensorInfo* find(std::string_view name) const = 0;  // null when absent

  // Converted to the type asked for, from F16, BF16, F32 and F64, and from all integers; NotFound,
  // InvalidArgument when the stored type is no number of that kind or an integer does not fit.
  std::vector<float> floats(std::string_view name) const;
  std::vector<int32_t> ints(std::string_view name) const;
};

struct Output {
  std::string name;
  std::vector<int64_t> shape;
  std::span<const float> values;
};
// Writes F32 tensors through a temporary file in the same folder, renamed when whole.
// InvalidArgument when a shape does not fit its values, or names repeat or are not UTF-8.
void write(const std::string& path, std::span<const Output> tensors,
           const std::map<std::string, std::string>& metadata);

}  // namespace cria::safetensors
