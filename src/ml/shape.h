#pragma once
// Up to four dimensions, outermost first, as in PyTorch, ONNX and MLX. GGUF stores them reversed;
// only fs/gguf knows.

#include <algorithm>
#include <array>
#include <cstdint>
#include <initializer_list>
#include <iosfwd>
#include <span>

namespace cria::ml {

class Shape {
 public:
  static constexpr int kMaxRank = 4;

  Shape() = default;
  Shape(std::initializer_list<int64_t>
            dims)  // NOLINT(google-explicit-constructor): {2, 3} is a shape
      : Shape(std::span<const int64_t>(dims.begin(), dims.size())) {}
  explicit Shape(
      std::span<const int64_t> dims);  // InvalidArgument: more than four, or a negative one

  int rank() const { return rank_; }
  int64_t operator[](int i) const { return dims_[static_cast<size_t>(i < 0 ? rank_ + i : i)]; }
  std::span<const int64_t> dims() const { return {dims_.data(), static_cast<size_t>(rank_)}; }
  int64_t size() const;
  int64_t rows() const { return rank_ == 0 ? 1 : size() / std::max<int64_t>(1, (*this)[-1]); }
  Shape with(int i, int64_t dim) const;  // this shape with another dimension i
  friend bool operator==(const Shape&, const Shape&) = default;

 private:
  std::array<int64_t, kMaxRank> dims_{};
  int rank_ = 0;
};

std::ostream& operator<<(std::ostream& out, const Shape& shape);

}  // namespace cria::ml
