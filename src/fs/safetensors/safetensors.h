#pragma once
// Reads safetensors files (https://github.com/huggingface/safetensors), memory-mapped. write.h
// writes them.

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

  // Converted to the type asked for: floats from F64, F32, F16, BF16 and all kinds of F8 (not those
  // of less than a byte), ints from all integers and BOOL. NotFound, InvalidArgument when the
  // stored type is no number of that kind or an integer does not fit.
  std::vector<float> floats(std::string_view name) const;
  std::vector<int32_t> ints(std::string_view name) const;
};

}  // namespace cria::safetensors
