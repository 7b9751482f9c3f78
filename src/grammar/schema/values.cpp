#include "grammar/schema/values.h"

namespace cria::grammar {

ValueSet::ValueSet(std::span<const Json> values) {
  for (const Json& value : values) values_.emplace(value);
}

bool ValueSet::contains(const Json& value) const { return values_.contains(nlohmann::json(value)); }

bool same_value(const Json& a, const Json& b) {
  return a == b || ValueSet(std::span(&a, 1)).contains(b);
}

}  // namespace cria::grammar
