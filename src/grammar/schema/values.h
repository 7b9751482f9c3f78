#pragma once
// Values of JSON as JSON Schema compares them: the order of an object's keys says nothing.

#include <set>
#include <span>

#include "grammar/schema/document.h"

namespace cria::grammar {

class ValueSet {
 public:
  explicit ValueSet(std::span<const Json> values);
  bool contains(const Json& value) const;

 private:
  std::set<nlohmann::json> values_;  // with their keys in order
};

bool same_value(const Json& a, const Json& b);

}  // namespace cria::grammar
