#include "ml/shape.h"

#include <ostream>

#include "base/error.h"

namespace cria::ml {

Shape::Shape(std::span<const int64_t> dims) : rank_(static_cast<int>(dims.size())) {
  if (dims.size() > kMaxRank) {
    fail(Error::Code::kInvalidArgument, "shape: ", dims.size(), " dimensions, at most ", kMaxRank);
  }
  for (size_t i = 0; i < dims.size(); ++i) {
    if (dims[i] < 0) fail(Error::Code::kInvalidArgument, "shape: dimension ", i, " is ", dims[i]);
    dims_[i] = dims[i];
  }
}

int64_t Shape::size() const {
  int64_t n = 1;
  for (int64_t d : dims()) n *= d;
  return n;
}

Shape Shape::with(int i, int64_t dim) const {
  Shape shape = *this;
  shape.dims_[static_cast<size_t>(i < 0 ? rank_ + i : i)] = dim;
  return shape;
}

std::ostream& operator<<(std::ostream& out, const Shape& shape) {
  out << '[';
  for (int i = 0; i < shape.rank(); ++i) out << (i ? ", " : "") << shape[i];
  return out << ']';
}

}  // namespace cria::ml
