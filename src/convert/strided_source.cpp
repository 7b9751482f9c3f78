// Sources whose elements come in another order, such as transposed matrices.

#include <algorithm>
#include <cstring>
#include <utility>

#include "base/error.h"
#include "convert/source.h"

namespace cria::convert {
namespace {

using Shape = std::vector<int64_t>;

// Matrices are read whole, one at a time, and picked from memory.
class Strided final : public Source {
 public:
  Strided(SourcePtr source, Shape shape, Shape strides, int64_t offset)
      : Source(source->name(), source->dtype(), std::move(shape), source->kept()),
        source_(std::move(source)),
        strides_(std::move(strides)),
        offset_(offset),
        size_(element_bytes(dtype())) {
    const size_t rank = strides_.size(), first = rank - std::min<size_t>(rank, 2);
    for (size_t i = first; i < rank; ++i) {
      block_ *= this->shape()[i];
      span_ += (this->shape()[i] - 1) * strides_[i];
    }
  }

  void read(int64_t begin, std::span<std::byte> out) const override {
    for (; !out.empty(); begin += 1, out = out.subspan(size_)) {
      load(begin / block_);
      const int64_t at = place(begin % block_, strides_.size() - std::min<size_t>(rank(), 2));
      std::memcpy(out.data(), matrix_.data() + static_cast<size_t>(at) * size_, size_);
    }
    if (begin == elements()) {
      matrix_ = {};
      loaded_ = -1;
    }
  }

 private:
  size_t rank() const { return strides_.size(); }

  // Where an index of the dimensions from `first` on lies, after the others' place.
  int64_t place(int64_t index, size_t first) const {
    int64_t at = 0;
    for (size_t i = rank(); i-- > first;) {
      at += index % shape()[i] * strides_[i];
      index /= shape()[i];
    }
    return at;
  }

  void load(int64_t matrix) const {
    if (matrix == loaded_) return;
    loaded_ = matrix;
    int64_t at = offset_, index = matrix;
    for (size_t i = rank() - std::min<size_t>(rank(), 2); i-- > 0;) {
      at += index % shape()[i] * strides_[i];
      index /= shape()[i];
    }
    matrix_.resize(static_cast<size_t>(span_) * size_);
    source_->read(at, matrix_);
  }

  SourcePtr source_;
  Shape strides_;
  int64_t offset_;
  size_t size_;
  int64_t block_ = 1, span_ = 1;  // elements of a matrix, and of the source from its first to last
  mutable int64_t loaded_ = -1;
  mutable std::vector<std::byte> matrix_;
};

}  // namespace

SourcePtr shaped(const SourcePtr& source, const Shape& shape) {
  if (!source || source->shape() == shape) return source;
  const auto list = [](const Shape& dims) {
    std::string text;
    for (const int64_t dim : dims) text += concat(text.empty() ? "" : ", ", dim);
    return text;
  };
  fail(Error::Code::kCorrupt, "tensor \"", source->name(), "\" has shape [", list(source->shape()),
       "], expected [", list(shape), "]");
}

SourcePtr strided(const SourcePtr& source, Shape shape, Shape strides, int64_t offset) {
  if (!source) return nullptr;
  int64_t last = offset;
  for (size_t i = 0; i < shape.size(); ++i) last += (shape[i] - 1) * strides[i];
  CRIA_CHECK(shape.size() == strides.size() && offset >= 0 && last < source->elements());
  return std::make_shared<Strided>(source, std::move(shape), std::move(strides), offset);
}

}  // namespace cria::convert
