#include "convert/json_parts.h"

#include <nlohmann/json.hpp>

namespace cria::convert {

const Json& part(const Json& object, const char* key) {
  static const Json none;
  if (!object.is_object()) return none;
  const auto found = object.find(key);
  return found == object.end() ? none : *found;
}

std::string text_of(const Json& object, const char* key) {
  const Json& value = part(object, key);
  return value.is_string() ? value.get<std::string>() : "";
}

bool flag_of(const Json& object, const char* key, bool fallback) {
  const Json& value = part(object, key);
  return value.is_boolean() ? value.get<bool>() : fallback;
}

std::string type_of(const Json& object) { return text_of(object, "type"); }

std::vector<Json> steps_of(const Json& object, const char* key) {
  if (!object.is_object()) return {};
  if (type_of(object) != "Sequence") return {object};
  const Json& list = part(object, key);
  if (!list.is_array()) return {};
  return {list.begin(), list.end()};
}

}  // namespace cria::convert
