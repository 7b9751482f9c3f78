#pragma once
// Values with an identity: namespaces, macros with the names they see, and loops.

#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "template/jinja/syntax.h"
#include "template/jinja/value.h"

namespace cria::jinja {

// namespace(): its attributes can be assigned to. They are those of the template alone.
struct Namespace : Object {
  Dict attributes;
  std::string_view type() const override { return "Namespace"; }
};

// The names that a stretch of a template sees, its own first.
struct Scope {
  explicit Scope(std::shared_ptr<Scope> outer) : parent(std::move(outer)) {}

  // Null when there is none.
  const Value* find(std::string_view name) const {
    for (const Scope* scope = this; scope; scope = scope->parent.get()) {
      for (const auto& [known, value] : scope->names) {
        if (known == name) return &value;
      }
    }
    return nullptr;
  }
  void set(std::string_view name, Value value) {
    for (auto& [known, held] : names) {
      if (known != name) continue;
      held = std::move(value);
      return;
    }
    names.emplace_back(name, std::move(value));
  }

  std::shared_ptr<Scope> parent;
  std::vector<std::pair<std::string, Value>> names;
};

struct MacroObject : Object {
  std::shared_ptr<const Macro> macro;
  std::shared_ptr<Scope> scope;  // where it was defined
  std::string_view type() const override { return "Macro"; }
};

struct LoopObject : Object {
  const Statement* statement = nullptr;
  std::shared_ptr<Scope> scope;  // around the loop
  std::shared_ptr<const Values> items;
  size_t index = 0;
  int depth = 1;
  Values changed_before = {};  // what changed() was asked last
  bool was_asked = false;
  std::string_view type() const override { return "LoopContext"; }
};

}  // namespace cria::jinja
