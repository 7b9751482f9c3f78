#pragma once
// Zeroed memory on a boundary that suits vectors and cache lines; OutOfMemory when there is none.

#include <cstddef>
#include <cstdint>
#include <memory>
#include <string_view>

namespace cria::ml {

struct UnmapPages {
  size_t bytes = 0;
  void operator()(std::byte* data) const;
};

class AlignedBytes {
 public:
  static constexpr size_t kAlignment = 64;

  AlignedBytes() = default;
  AlignedBytes(int64_t bytes, std::string_view what);  // what: for the error message

  std::byte* data() const { return data_.get(); }
  int64_t size() const { return size_; }

 private:
  std::unique_ptr<std::byte, UnmapPages> data_;
  int64_t size_ = 0;
};

}  // namespace cria::ml
