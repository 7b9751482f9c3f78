#include "convert/planned_file.h"

#include <type_traits>
#include <utility>

namespace cria::convert {
namespace {

// As the reader widens them.
template <class T>
gguf::Value widened(const T& value) {
  if constexpr (std::is_same_v<T, bool> || std::is_same_v<T, std::string>) return value;
  if constexpr (std::is_floating_point_v<T>) return double{value};
  if constexpr (std::is_integral_v<T> && !std::is_same_v<T, bool>) {
    if constexpr (std::is_signed_v<T>) return int64_t{value};
    if constexpr (std::is_unsigned_v<T>) return uint64_t{value};
  }
}
template <class T>
gguf::Value widened(const std::vector<T>& values) {
  if constexpr (std::is_same_v<T, bool> || std::is_same_v<T, std::string>) return values;
  if constexpr (std::is_floating_point_v<T>)
    return std::vector<double>(values.begin(), values.end());
  if constexpr (std::is_integral_v<T> && !std::is_same_v<T, bool>) {
    using Wide = std::conditional_t<std::is_signed_v<T>, int64_t, uint64_t>;
    return std::vector<Wide>(values.begin(), values.end());
  }
}

class PlannedFile final : public gguf::File {
 public:
  PlannedFile(const gguf::Writer& writer, std::string path) : path_(std::move(path)) {
    for (const auto& [key, value] : writer.metadata()) {
      metadata_.emplace(key, std::visit([](const auto& v) { return widened(v); }, value));
    }
    for (const gguf::OutputTensor& tensor : writer.tensors()) {
      tensors_.push_back({tensor.name, tensor.type, tensor.dims, {}});
    }
  }

  const std::string& path() const override { return path_; }
  uint32_t version() const override { return 3; }
  const std::map<std::string, gguf::Value, std::less<>>& metadata() const override {
    return metadata_;
  }
  const std::vector<gguf::TensorInfo>& tensors() const override { return tensors_; }

 private:
  std::string path_;
  std::map<std::string, gguf::Value, std::less<>> metadata_;
  std::vector<gguf::TensorInfo> tensors_;
};

}  // namespace

std::unique_ptr<gguf::File> planned_file(const gguf::Writer& writer, const std::string& path) {
  return std::make_unique<PlannedFile>(writer, path);
}

}  // namespace cria::convert
