#include "server/answers/data_json.h"

#include <nlohmann/json.hpp>

namespace cria::server {
namespace {

using Kind = chat::Data::Kind;

template <class Json>
chat::Data from(const Json& json) {
  if (json.is_null()) return {};
  if (json.is_boolean()) return json.template get<bool>();
  if (json.is_number_unsigned() && json.template get<uint64_t>() > INT64_MAX) {
    return json.template get<double>();
  }
  if (json.is_number_integer()) return json.template get<int64_t>();
  if (json.is_number()) return json.template get<double>();
  if (json.is_string()) return json.template get<std::string>();
  if (json.is_array()) {
    chat::Data::List items;
    for (const Json& item : json) items.push_back(from(item));
    return items;
  }
  chat::Data::Object members;
  for (const auto& [name, value] : json.items()) members.emplace_back(name, from(value));
  return members;
}

}  // namespace

nlohmann::ordered_json to_json(const chat::Data& data) {
  switch (data.kind()) {
    case Kind::kNull:
      return nullptr;
    case Kind::kBool:
      return data.boolean();
    case Kind::kInteger:
      return data.integer();
    case Kind::kReal:
      return data.real();
    case Kind::kText:
      return data.text();
    case Kind::kList: {
      auto list = nlohmann::ordered_json::array();
      for (const chat::Data& item : data.list()) list.push_back(to_json(item));
      return list;
    }
    case Kind::kObject: {
      auto object = nlohmann::ordered_json::object();
      for (const auto& [name, value] : data.object()) object[name] = to_json(value);
      return object;
    }
  }
  return nullptr;
}

chat::Data to_data(const nlohmann::ordered_json& json) { return from(json); }
chat::Data to_data(const nlohmann::json& json) { return from(json); }

}  // namespace cria::server
