#pragma once
// Visits the tensors of a model: the one place where names and shapes of weights meet everything that needs them.

#include <concepts>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "ml/tensor.h"

namespace cria::nn {

// How a name is looked up: `alt` is tried when the name is absent; an optional tensor may stay
// null.
struct Lookup {
  std::string_view alt = {};
  bool optional = false;
};
inline constexpr Lookup kOptional{.optional = true};
constexpr Lookup alt(std::string_view name) { return {.alt = name}; }

// Visits the tensors of a model: their GGUF names and shapes, in the order the model names them.
//
// A module's bind() is the only place where a name or a shape is written. The loader, the memory
// planner, `show --tensors`, the converters' check and the random models of the tests are all
// visitors of the same bind().
class Weights {
 public:
  virtual ~Weights() = default;

  // A tensor, or a layer whose `weight` has this shape, below `name`.
  template <class T>
  Weights& operator()(std::string_view name, T& leaf, ml::Shape shape, Lookup lookup = {}) {
    path_.push_back({name, lookup});
    visit(leaf, shape);
    path_.pop_back();
    return *this;
  }

  // A module, or a vector of modules, below `name`.
  template <class T, class Options>
  Weights& operator()(std::string_view name, T& module, const Options& options) {
    path_.push_back({name, {}});
    visit(module, options);
    path_.pop_back();
    return *this;
  }

  // A module, or a variant of modules, at this level.
  template <class T, class Options>
  Weights& operator()(T& module, const Options& options) {
    visit(module, options);
    return *this;
  }

 protected:
  // `names` are the full names to try, best first.
  virtual void tensor(const std::vector<std::string>& names, const ml::Shape& shape, bool optional,
                      ml::Tensor& out) = 0;

 private:
  struct Segment {
    std::string_view name;
    Lookup lookup;
  };

  void visit(ml::Tensor& t, const ml::Shape& shape) {
    bool optional = false;
    for (const Segment& s : path_) optional |= s.lookup.optional;
    tensor(names(), shape, optional, t);
  }

  template <class T, class Arg>
  requires requires(T& m, Weights& w, const Arg& a) { m.bind(w, a); }
  void visit(T& module, const Arg& arg) { module.bind(*this, arg); }

  template <class T, class Options>
  void visit(std::vector<T>& modules, const Options& options) {
    for (size_t i = 0; i < modules.size(); ++i) {
      const std::string index = std::to_string(i);
      path_.push_back({index, {}});
      visit(modules[i], options);
      path_.pop_back();
    }
  }

  template <class... Ts, class Options>
  void visit(std::variant<Ts...>& module, const Options& options) {
    std::visit([&](auto& m) { visit(m, options); }, module);
  }

  std::vector<std::string> names() const {
    std::vector<std::string> out{""};
    for (const Segment& s : path_) {
      std::vector<std::string> next;
      for (const std::string& prefix : out) {
        const std::string dot = prefix.empty() ? "" : ".";
        next.push_back(prefix + dot + std::string(s.name));
        if (!s.lookup.alt.empty()) next.push_back(prefix + dot + std::string(s.lookup.alt));
      }
      out = std::move(next);
    }
    return out;
  }

  std::vector<Segment> path_;
};

}  // namespace cria::nn
