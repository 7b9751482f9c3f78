#pragma once
// Tensors on their way into a file: parts of a checkpoint, rearranged. Nothing is read before it is
// written, and then piece by piece.

#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "convert/checkpoint.h"

namespace cria::convert {

// Of a matrix [.., out, in] that is the product b a, as adapters keep what they add to a weight: a
// [.., rank, in], b [.., out, rank].
struct Factors {
  SourcePtr a, b;
  bool of_embedding = false;  // whose rows are looked up, not multiplied
};

class Source {
 public:
  virtual ~Source() = default;

  const std::string& name() const { return name_; }    // in the checkpoint, for messages
  const std::string& dtype() const { return dtype_; }  // of what read() gives
  const std::string& kept() const { return kept_; }    // of what a file keeps it in by itself
  const std::vector<int64_t>& shape() const { return shape_; }
  int64_t elements() const;
  int64_t row() const;  // elements per index of the first dimension

  // As many elements as `out` holds, from `begin` on in order of rows.
  virtual void read(int64_t begin, std::span<std::byte> out) const = 0;
  // Null when it is no product; of one only its factors can be read.
  virtual const Factors* factors() const { return nullptr; }

 protected:
  Source(std::string name, std::string dtype, std::vector<int64_t> shape, std::string kept = "")
      : name_(std::move(name)),
        dtype_(std::move(dtype)),
        kept_(kept.empty() ? dtype_ : std::move(kept)),
        shape_(std::move(shape)) {}

 private:
  std::string name_, dtype_, kept_;
  std::vector<int64_t> shape_;
};

// A tensor as it is stored; it must outlive the result.
SourcePtr stored(const StoredTensor& tensor);
// Numbers that were computed.
SourcePtr computed(std::string name, std::vector<float> values);
// Corrupt unless the factors have one rank.
SourcePtr product(std::string name, Factors factors);

// What follows gives nothing for nothing, so that a missing tensor is reported once; shapes that do
// not fit are Corrupt. A product stays one as far as that is possible.

// Row i of the result is row `from(i)`.
SourcePtr permuted(const SourcePtr& source, std::function<int64_t(int64_t)> from);
// A part of the rows.
SourcePtr rows(const SourcePtr& source, int64_t begin, int64_t count);
// The columns as rows.
SourcePtr transposed(const SourcePtr& source);
// The matrix of a layer that keeps its inputs as rows. An adapter of it keeps them as columns, as
// those of all layers do.
SourcePtr with_inputs_as_columns(const SourcePtr& source);
// Each number plus `offset`, as F32. What is added to the number is the same.
SourcePtr plus(const SourcePtr& source, float offset);
// Each number times `factor`, as F32.
SourcePtr times(const SourcePtr& source, float factor);
// Without a dimension after the first that has size 1.
SourcePtr without_dimension(const SourcePtr& source, size_t dimension);
// Tensors of one shape and type, along a new first dimension. Unsupported: some are products, and
// some nothing.
SourcePtr stacked(const std::vector<SourcePtr>& sources);

// The same, which must have this shape.
SourcePtr shaped(const SourcePtr& source, const std::vector<int64_t>& shape);
// Elements in another order and number: index i of dimension j lies i * strides[j] after `offset`,
// all counted in elements of the source.
SourcePtr strided(const SourcePtr& source, std::vector<int64_t> shape, std::vector<int64_t> strides,
                  int64_t offset = 0);

// From rotary halves, as Hugging Face keeps queries and keys, to adjacent pairs: within each head,
// rows 0, d/2, 1, d/2+1, ...
SourcePtr adjacent_pairs(const SourcePtr& source, int64_t heads);

}  // namespace cria::convert
