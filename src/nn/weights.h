#pragma once
// Visits the weights of a model: their GGUF names and shapes, in the order in which the model names
// them.
//
// A module's bind() is the only place where a name or a shape is written. Loading, listing,
// planning and inventing random models are visitors of the same bind().

#include <concepts>
#include <string>
#include <string_view>
#include <vector>

#include "ml/tensor.h"
#include "nn/low_rank.h"

namespace cria::nn {

// How a name is looked up: `alternative` is tried when the name is absent; an optional tensor may
// stay null.
struct Lookup {
  std::string_view alternative = {};
  bool optional = false;
};
inline constexpr Lookup kOptional{.optional = true};
constexpr Lookup alt(std::string_view name) { return {.alternative = name}; }

class Weights {
 public:
  virtual ~Weights() = default;

  // A tensor, or a layer whose `weight` has this shape, below `name`.
  template <class T>
  Weights& operator()(std::string_view name, T& leaf, const ml::Shape& shape, Lookup lookup = {}) {
    path_.push_back({std::string(name), lookup});
    visit(leaf, shape);
    path_.pop_back();
    return *this;
  }

  // A module, or a vector of modules, below `name`.
  template <class T, class Options>
  Weights& operator()(std::string_view name, T& module, const Options& options) {
    path_.push_back({std::string(name), {}});
    visit(module, options);
    path_.pop_back();
    return *this;
  }

  // Tensors below `name` are for what the model does not do, such as looking at pictures: a file
  // may have them or not.
  virtual void leave(std::string_view name);

  // A module at this level.
  template <class T, class Options>
  Weights& operator()(T& module, const Options& options) {
    visit(module, options);
    return *this;
  }

 protected:
  // `names` are the full names to try, best first.
  virtual void tensor(const std::vector<std::string>& names, const ml::Shape& shape, bool optional,
                      ml::Tensor& out) = 0;
  // What adapts the weight of these names: nothing, unless a visitor knows of adapters.
  virtual void low_rank(const std::vector<std::string>& names, const ml::Shape& shape,
                        LowRank& out);

 private:
  struct Segment {
    std::string name;
    Lookup lookup;
  };

  void visit(ml::Tensor& t, const ml::Shape& shape) {
    bool optional = false;
    for (const Segment& segment : path_) optional |= segment.lookup.optional;
    tensor(names(), shape, optional, t);
  }

  void visit(LowRank& added, const ml::Shape& shape) { low_rank(names(), shape, added); }

  template <class T, class Arg>
  requires requires(T& m, Weights& w, const Arg& a) { m.bind(w, a); }
  void visit(T& module, const Arg& arg) { module.bind(*this, arg); }

  template <class T, class Options>
  void visit(std::vector<T>& modules, const Options& options) {
    for (size_t i = 0; i < modules.size(); ++i) (*this)(std::to_string(i), modules[i], options);
  }

  std::vector<std::string> names() const;

  std::vector<Segment> path_;
};

}  // namespace cria::nn
