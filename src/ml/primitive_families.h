#pragma once
// The families that primitives.h is made of, and what they share. Each function computes parts
// [first, last) as primitives.h says.

#include <vector>

#include "base/error.h"
#include "ml/formats.h"
#include "ml/primitives.h"

namespace cria::ml {

using Operands = std::span<const Operand>;

// An operand's elements as floats, converted when it has another type. Integers stay what they are,
// in the same bits.
class Floats {
 public:
  explicit Floats(const Operand& operand) {
    const DType type = operand.node->dtype;
    if (type == DType::kF32 || type == DType::kI32) {
      data_ = reinterpret_cast<const float*>(operand.data);
      return;
    }
    converted_.resize(static_cast<size_t>(operand.node->shape.size()));
    dequantize(type, operand.data, converted_);
    data_ = converted_.data();
  }
  float operator[](int64_t i) const { return data_[i]; }
  const float* data() const { return data_; }

 private:
  const float* data_;
  std::vector<float> converted_;
};

inline const int32_t* ints(const Operand& operand) {
  return reinterpret_cast<const int32_t*>(operand.data);
}

// A dimension and what lies outside and inside of it: index = (outer * size + i) * inner + rest.
struct Extent {
  Extent(const Shape& shape, int axis) : size(shape[axis]) {
    for (int i = 0; i < shape.rank(); ++i) {
      if (i != axis) (i < axis ? outer : inner) *= shape[i];
    }
  }
  int64_t outer = 1, size, inner = 1;
};

// An id that names one of `count` things. Those that requests bring are checked before they come
// here, others come from top_k.
inline int64_t checked_id(int32_t id, int64_t count) {
  CRIA_CHECK(id >= 0 && id < count);
  return id;
}

namespace primitives {

void elementwise(const Node& node, Operands x, int64_t first, int64_t last, float* out);
void reduction(const Node& node, Operands x, int64_t first, int64_t last, float* out);
void top_k(const Node& node, Operands x, int64_t first, int64_t last, float* out);

void repeat(const Node& node, Operands x, int64_t first, int64_t last, float* out);
void permute(const Node& node, Operands x, int64_t first, int64_t last, float* out);
void slice(const Node& node, Operands x, int64_t first, int64_t last, float* out);
void concat_along(const Node& node, Operands x, int64_t first, int64_t last, float* out);
void pad(const Node& node, Operands x, int64_t first, int64_t last, float* out);

void rows(const Node& node, Operands x, int64_t first, int64_t last, float* out);
void gather(const Node& node, Operands x, int64_t first, int64_t last, float* out);
void scatter(const Node& node, Operands x, int64_t first, int64_t last, float* out);
void history_mask(const Node& node, Operands x, int64_t first, int64_t last, float* out);
void rope_table(const Node& node, Operands x, int64_t first, int64_t last, float* out);

void matmul(const Node& node, Operands x, int64_t first, int64_t last, float* out);
void conv(const Node& node, Operands x, int64_t first, int64_t last, float* out);
void tri(const Node& node, Operands x, int64_t first, int64_t last, float* out);
void solve_tri(const Node& node, Operands x, int64_t first, int64_t last, float* out);

}  // namespace primitives
}  // namespace cria::ml
