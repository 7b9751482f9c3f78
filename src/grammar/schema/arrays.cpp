#include <algorithm>

#include "grammar/schema/compiler.h"

namespace cria::grammar {
namespace {

using Code = Error::Code;

constexpr size_t kMostPrefix = 500;

}  // namespace

// Items by their places, then any number of others.
Expr SchemaCompiler::array(const Place& schema) {
  const Json& json = *schema.value;
  const uint32_t min = count_of(json, "minItems", schema.pointer).value_or(0);
  const uint32_t max = count_of(json, "maxItems", schema.pointer).value_or(kUnbounded);
  if (min > max) {
    fail_at(schema.pointer, Code::kInvalidArgument, "minItems ", min, " is above maxItems ", max);
  }
  if (const Json* unique = find_keyword(json, "uniqueItems"); unique && *unique != Json(false)) {
    fail_at(schema.pointer, Code::kUnsupported, "uniqueItems is not supported");
  }
  // Older drafts have the places in "items" and the others in "additionalItems".
  const bool old = json.contains("items") && json["items"].is_array();
  const char* of_places = old ? "items" : "prefixItems";
  const char* of_others = old ? "additionalItems" : "items";
  if (!old && json.contains("additionalItems")) {
    fail_at(schema.pointer, Code::kUnsupported, "additionalItems needs items that are an array");
  }
  if (old && json.contains("prefixItems")) {
    fail_at(schema.pointer, Code::kUnsupported, "prefixItems beside items that are an array");
  }
  std::vector<Expr> places;
  if (const Json* prefix = array_of(json, of_places, schema.pointer)) {
    if (prefix->size() > kMostPrefix) {
      fail_at(schema.pointer, Code::kUnsupported, of_places, " has ", prefix->size(),
              " schemas, expected at most ", kMostPrefix);
    }
    for (size_t i = 0; i < prefix->size() && i < max; ++i) {
      places.push_back(value(schema[of_places][i]));
    }
  }
  const auto known = static_cast<uint32_t>(places.size());
  const bool others_said = json.contains(of_others);
  const bool open = others_said || known == 0 || min > known;
  const Expr other = !open         ? rules_.choice({})
                     : others_said ? value(schema[of_others])
                                   : rules_.rule(text_.value());

  // From the end: what follows an item may be missing once there are enough.
  const uint32_t least = min > known ? min - known : 0;
  const uint32_t most = max == kUnbounded ? kUnbounded : max - known;
  Expr rest = rules_.repeat(rules_.sequence({text_.comma(), other}),
                            known == 0 && least > 0 ? least - 1 : least,
                            known == 0 && most != kUnbounded && most > 0 ? most - 1 : most);
  if (known == 0 && most > 0) rest = rules_.sequence({other, rest});
  bool needed = known == 0 ? min > 0 : least > 0;
  for (uint32_t i = known; i-- > 0;) {
    const Expr item = i == 0 ? places[i] : rules_.sequence({text_.comma(), places[i]});
    rest = rules_.sequence({item, needed ? rest : rules_.optional(rest)});
    needed = i < min;
  }
  Expr items = rules_.sequence({rest, text_.space()});
  if (!needed) items = rules_.optional(items);
  if (max == 0) items = rules_.bytes("");
  return rules_.sequence({rules_.bytes("["), text_.space(), items, rules_.bytes("]")});
}

}  // namespace cria::grammar
