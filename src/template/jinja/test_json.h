#pragma once
// Data from JSON, for tests.

#include <nlohmann/json.hpp>
#include <string>

#include "template/data.h"

namespace cria::jinja {

inline chat::Data data_of(const nlohmann::ordered_json& json) {
  if (json.is_null()) return nullptr;
  if (json.is_boolean()) return json.get<bool>();
  if (json.is_number_integer()) return json.get<int64_t>();
  if (json.is_number()) return json.get<double>();
  if (json.is_string()) return json.get<std::string>();
  if (json.is_array()) {
    chat::Data::List items;
    for (const nlohmann::ordered_json& item : json) items.push_back(data_of(item));
    return items;
  }
  chat::Data::Object members;
  for (const auto& [name, member] : json.items()) members.emplace_back(name, data_of(member));
  return members;
}

}  // namespace cria::jinja
