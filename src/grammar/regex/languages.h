#pragma once
// Regular languages with "and" and "not", by their derivatives: what is left of a language behind a
// character (Brzozowski 1964). For patterns that look ahead, and for what several of them match.

#include <cstdint>
#include <functional>
#include <map>
#include <utility>
#include <vector>

#include "grammar/char_set.h"
#include "grammar/rules.h"

namespace cria::grammar {

class Languages {
 public:
  using Id = uint32_t;
  static constexpr Id kNothing = 0, kEmptyText = 1;

  // Parts that were looked at, of several of them together.
  struct Work {
    size_t done = 0;
  };

  Languages() : Languages(own_work_) {}
  explicit Languages(Work& work);
  Languages(const Languages&) = delete;
  Languages& operator=(const Languages&) = delete;

  Id anything() const { return anything_; }
  Id chars(const CharSet& set);
  Id sequence(Id first, Id then);
  Id either(std::vector<Id> parts) { return combine(Kind::kEither, std::move(parts)); }
  Id both(Id a, Id b) { return combine(Kind::kBoth, {a, b}); }
  Id except(Id of);  // all other texts
  Id repeat(Id of, uint32_t min, uint32_t max);

  // The texts of a language, with a spelling for each of their characters. Unsupported: it has more
  // states than can be told apart in time.
  Expr expression(Id language, Rules& rules, const std::function<Expr(const CharSet&)>& spelling);

 private:
  enum class Kind : uint8_t {
    kNothing,
    kEmptyText,
    kChars,
    kSequence,
    kEither,
    kBoth,
    kExcept,
    kRepeat
  };
  struct Node {
    Kind kind;
    std::vector<Id> parts = {};
    uint32_t min = 0, max = 0;  // kRepeat; kChars: which set
    auto operator<=>(const Node&) const = default;
  };
  // Characters that no set tells apart.
  struct Class {
    CharSet chars;
    char32_t one;
  };

  Id intern(Node node);
  void spend(size_t parts);
  Id combine(Kind kind, std::vector<Id> parts);
  bool find_nullable(const Node& node) const;
  std::vector<Class> classes() const;
  Id after(Id language, uint32_t of_class);
  Id derive(const Node& node, uint32_t of_class);

  std::map<Node, Id> ids_;
  std::vector<Node> nodes_;
  std::vector<bool> nullable_;
  std::vector<CharSet> sets_;
  Id anything_ = 0;
  Work own_work_;
  Work& work_;
  std::vector<Class> classes_;  // while an expression is made
  std::map<std::pair<Id, uint32_t>, Id> after_;
};

}  // namespace cria::grammar
