// Products of two tensors.

#include <utility>

#include "base/error.h"
#include "base/quote.h"
#include "convert/source.h"

namespace cria::convert {
namespace {

using Shape = std::vector<int64_t>;

class Product final : public Source {
 public:
  Product(std::string name, Shape shape, Factors factors)
      : Source(std::move(name), factors.b->dtype(), std::move(shape)),
        factors_(std::move(factors)) {}

  void read(int64_t, std::span<std::byte>) const override {
    fail(Error::Code::kUnsupported, "tensor ", quote(name()),
         " is rearranged in a way in which its adapter cannot be");
  }
  const Factors* factors() const override { return &factors_; }

 private:
  Factors factors_;
};

}  // namespace

SourcePtr product(std::string name, Factors factors) {
  const Shape &a = factors.a->shape(), &b = factors.b->shape();
  const size_t rank = a.size();
  if (rank < 2 || b.size() != rank || a[rank - 2] != b[rank - 1]) {
    const auto list = [](const Shape& dims) {
      std::string text;
      for (const int64_t dim : dims) text += concat(text.empty() ? "" : ", ", dim);
      return concat('[', text, ']');
    };
    fail(Error::Code::kCorrupt, "tensor ", quote(name), " is adapted by matrices of the shapes ",
         list(a), " and ", list(b), ", expected [rank, inputs] and [outputs, rank]");
  }
  Shape shape = b;
  shape.back() = a.back();
  return std::make_shared<Product>(std::move(name), std::move(shape), std::move(factors));
}

}  // namespace cria::convert
