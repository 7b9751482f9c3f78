#include "convert/source.h"

#include <algorithm>
#include <cstring>
#include <utility>

#include "base/error.h"
#include "base/mapped_file.h"
#include "base/quote.h"
#include "convert/cast.h"

namespace cria::convert {
namespace {

using Code = Error::Code;
using Shape = std::vector<int64_t>;

class Stored final : public Source {
 public:
  explicit Stored(const StoredTensor& tensor)
      : Source(tensor.name, tensor.dtype, tensor.shape), tensor_(tensor) {}

  void read(int64_t begin, std::span<std::byte> out) const override {
    if (out.empty()) return;
    if (read_ == 0) MappedFile::fetch(tensor_.data);  // while the first of it is worked on
    const size_t size = element_bytes(dtype());
    if (tensor_.strides.empty()) {
      std::memcpy(out.data(), tensor_.data.data() + static_cast<size_t>(begin) * size, out.size());
    } else {
      gather(begin, size, out);
    }
    forget_now_and_then(out.size());
  }

 private:
  void gather(int64_t begin, size_t size, std::span<std::byte> out) const {
    for (; !out.empty(); out = out.subspan(size), ++begin) {
      int64_t rest = begin, offset = 0;
      for (size_t i = shape().size(); i-- > 0;) {
        offset += rest % shape()[i] * tensor_.strides[i];
        rest /= shape()[i];
      }
      std::memcpy(out.data(), tensor_.data.data() + static_cast<size_t>(offset) * size, size);
    }
  }

  // What was read need not stay in memory: a checkpoint may be larger than that. A tensor that was
  // read once, in whatever order, has been given back whole.
  void forget_now_and_then(size_t bytes) const {
    constexpr size_t kBytes = size_t{16} << 20;
    const size_t size = tensor_.data.size(), parts = (size + kBytes - 1) / kBytes;
    const size_t before = read_ * parts / size;
    read_ += bytes;
    if (read_ * parts / size != before) MappedFile::forget(tensor_.data);
  }

  const StoredTensor& tensor_;
  mutable size_t read_ = 0;  // bytes
};

class Computed final : public Source {
 public:
  Computed(std::string name, std::vector<float> values)
      : Source(std::move(name), "F32", {static_cast<int64_t>(values.size())}),
        values_(std::move(values)) {}
  void read(int64_t begin, std::span<std::byte> out) const override {
    std::memcpy(out.data(), values_.data() + begin, out.size());
  }

 private:
  std::vector<float> values_;
};

// Rows of others: the place of each is found, and it is read from there.
class Rows final : public Source {
 public:
  struct Place {
    const Source* source;
    int64_t row;
  };
  Rows(const SourcePtr& like, Shape shape, std::vector<SourcePtr> sources,
       std::function<Place(int64_t)> place)
      : Source(like->name(), like->dtype(), std::move(shape), like->kept()),
        sources_(std::move(sources)),
        place_(std::move(place)) {}

  void read(int64_t begin, std::span<std::byte> out) const override {
    const size_t size = element_bytes(dtype());
    while (!out.empty()) {
      const auto [source, from] = place_(begin / row());
      const int64_t column = begin % row();
      const auto left = static_cast<size_t>(row() - column) * size;
      const std::span<std::byte> piece = out.first(std::min(left, out.size()));
      source->read(from * row() + column, piece);
      begin += static_cast<int64_t>(piece.size() / size);
      out = out.subspan(piece.size());
    }
  }

 private:
  std::vector<SourcePtr> sources_;
  std::function<Place(int64_t)> place_;
};

class Transposed final : public Source {
 public:
  explicit Transposed(const SourcePtr& source)
      : Source(source->name(), source->dtype(), {source->shape()[1], source->shape()[0]}),
        source_(source) {}

  // Of each of the source's rows, what lies in the columns that are wanted.
  void read(int64_t begin, std::span<std::byte> out) const override {
    const size_t size = element_bytes(dtype());
    const int64_t end = begin + static_cast<int64_t>(out.size() / size);
    const int64_t first = begin / row(), last = (end + row() - 1) / row();
    std::vector<std::byte> piece(static_cast<size_t>(last - first) * size);
    for (int64_t r = 0; r < row(); ++r) {
      source_->read(r * source_->row() + first, piece);
      for (int64_t column = first; column < last; ++column) {
        const int64_t at = column * row() + r;
        if (at < begin || at >= end) continue;
        std::memcpy(out.data() + static_cast<size_t>(at - begin) * size,
                    piece.data() + static_cast<size_t>(column - first) * size, size);
      }
    }
  }

 private:
  SourcePtr source_;
};

class Affine final : public Source {
 public:
  Affine(const SourcePtr& source, float factor, float offset)
      : Source(source->name(), "F32", source->shape()),
        source_(source),
        factor_(factor),
        offset_(offset) {}

  void read(int64_t begin, std::span<std::byte> out) const override {
    std::vector<std::byte> stored(out.size() / sizeof(float) * element_bytes(source_->dtype()));
    source_->read(begin, stored);
    if (const auto lost = cast(source_->dtype(), stored, OutputType::kF32, out)) {
      fail(Code::kInvalidArgument, "tensor ", quote(name()), " holds ", *lost,
           ", which is too large for F32");
    }
    for (; !out.empty(); out = out.subspan(sizeof(float))) {
      float number = 0;
      std::memcpy(&number, out.data(), sizeof(float));
      number = number * factor_ + offset_;
      std::memcpy(out.data(), &number, sizeof(float));
    }
  }

 private:
  SourcePtr source_;
  float factor_, offset_;
};

[[noreturn]] void fail_shape(const Source& source, const std::string& what) {
  std::string shape;
  for (const int64_t dim : source.shape()) shape += concat(shape.empty() ? "" : ", ", dim);
  fail(Code::kCorrupt, "tensor ", quote(source.name()), " has shape [", shape, "], ", what);
}

}  // namespace

int64_t Source::elements() const {
  int64_t count = 1;
  for (const int64_t dim : shape_) count *= dim;
  return count;
}

int64_t Source::row() const {
  int64_t count = 1;
  for (size_t i = 1; i < shape_.size(); ++i) count *= shape_[i];
  return count;
}

SourcePtr stored(const StoredTensor& tensor) { return std::make_shared<Stored>(tensor); }

SourcePtr computed(std::string name, std::vector<float> values) {
  return std::make_shared<Computed>(std::move(name), std::move(values));
}

SourcePtr permuted(const SourcePtr& source, std::function<int64_t(int64_t)> from) {
  if (!source) return nullptr;
  if (const Factors* f = source->factors()) {
    return product(source->name(), {f->a, permuted(f->b, std::move(from)), f->of_embedding});
  }
  if (source->shape().empty()) fail_shape(*source, "expected rows");
  return std::make_shared<Rows>(source, source->shape(), std::vector{source},
                                [s = source.get(), from = std::move(from)](int64_t row) {
                                  return Rows::Place{s, from(row)};
                                });
}

SourcePtr rows(const SourcePtr& source, int64_t begin, int64_t count) {
  if (!source) return nullptr;
  if (source->shape().empty() || source->shape()[0] - begin < count) {
    fail_shape(*source, concat("expected at least ", begin + count, " rows"));
  }
  if (const Factors* f = source->factors()) {
    return product(source->name(), {f->a, rows(f->b, begin, count), f->of_embedding});
  }
  Shape shape = source->shape();
  shape[0] = count;
  return std::make_shared<Rows>(source, shape, std::vector{source},
                                [s = source.get(), begin](int64_t row) {
                                  return Rows::Place{s, begin + row};
                                });
}

SourcePtr transposed(const SourcePtr& source) {
  if (!source) return nullptr;
  if (source->shape().size() != 2) fail_shape(*source, "expected rows and columns");
  if (const Factors* f = source->factors()) {
    return product(source->name(), {transposed(f->b), transposed(f->a), f->of_embedding});
  }
  return std::make_shared<Transposed>(source);
}

SourcePtr with_inputs_as_columns(const SourcePtr& source) {
  return source && source->factors() ? source : transposed(source);
}

SourcePtr plus(const SourcePtr& source, float offset) {
  if (!source || source->factors()) return source;
  return std::make_shared<Affine>(source, 1.f, offset);
}

SourcePtr times(const SourcePtr& source, float factor) {
  return source ? std::make_shared<Affine>(source, factor, 0.f) : nullptr;
}

SourcePtr without_dimension(const SourcePtr& source, size_t dimension) {
  if (!source) return nullptr;
  Shape shape = source->shape();
  if (dimension == 0 || dimension >= shape.size() || shape[dimension] != 1) {
    fail_shape(*source, concat("expected size 1 in dimension ", dimension));
  }
  shape.erase(shape.begin() + static_cast<int64_t>(dimension));
  return std::make_shared<Rows>(source, shape, std::vector{source},
                                [s = source.get()](int64_t row) {
                                  return Rows::Place{s, row};
                                });
}

namespace {

// Of none or all: an adapter of some experts alone could not be one matrix.
SourcePtr stacked_products(const std::vector<SourcePtr>& sources) {
  std::vector<SourcePtr> a, b;
  for (const SourcePtr& source : sources) {
    const Factors* f = source ? source->factors() : nullptr;
    a.push_back(f ? f->a : nullptr);
    b.push_back(f ? f->b : nullptr);
  }
  const auto some = std::ranges::find_if(sources, [](const SourcePtr& s) { return s != nullptr; });
  if (std::ranges::count(a, nullptr) > 0) {
    fail(Code::kUnsupported, "tensor ", quote((*some)->name()),
         " is adapted, but not those of all experts of its layer, expected all or none");
  }
  return product((*some)->name(), {stacked(a), stacked(b)});
}

}  // namespace

SourcePtr stacked(const std::vector<SourcePtr>& sources) {
  if (std::ranges::any_of(sources, [](const SourcePtr& s) { return s && s->factors(); })) {
    return stacked_products(sources);
  }
  if (std::ranges::count(sources, nullptr) > 0) return nullptr;
  const SourcePtr& first = sources.at(0);
  for (const SourcePtr& source : sources) {
    if (source->shape() != first->shape() || source->dtype() != first->dtype()) {
      fail_shape(*source, concat("or another type than ", quote(first->name()),
                                 ", expected the same for all experts"));
    }
  }
  Shape shape{static_cast<int64_t>(sources.size())};
  shape.insert(shape.end(), first->shape().begin(), first->shape().end());
  return std::make_shared<Rows>(first, shape, sources, [sources](int64_t row) {
    return Rows::Place{sources[static_cast<size_t>(row)].get(), 0};
  });
}

SourcePtr adjacent_pairs(const SourcePtr& source, int64_t heads) {
  if (!source) return nullptr;
  const int64_t count = source->shape().empty() ? 0 : source->shape()[0];
  if (count == 0 || count % (2 * heads) != 0) {
    fail_shape(*source, concat("expected an even number of rows for each of ", heads, " heads"));
  }
  const int64_t size = count / heads;
  return permuted(source, [size](int64_t row) {
    const int64_t in_head = row % size;
    return row - in_head + in_head / 2 + in_head % 2 * (size / 2);
  });
}

}  // namespace cria::convert
