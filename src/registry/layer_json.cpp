#include "registry/layer_json.h"

#include <algorithm>
#include <cmath>
#include <nlohmann/json.hpp>
#include <optional>

#include "base/error.h"
#include "base/quote.h"

namespace cria::registry {
namespace {

using Json = nlohmann::json;
using modelfile::Parameters;
using modelfile::ParameterType;
using modelfile::ParameterValue;

std::optional<ParameterValue> texts_of(const Json& value) {
  if (value.is_string()) return std::vector<std::string>{value.get<std::string>()};
  const auto is_text = [](const Json& each) { return each.is_string(); };
  if (!value.is_array() || !std::ranges::all_of(value, is_text)) return std::nullopt;
  return value.get<std::vector<std::string>>();
}

std::optional<ParameterValue> integer_of(const Json& value) {
  constexpr double kMost = 9e15;  // doubles count one by one up to there
  if (value.is_number_unsigned() && value.get<uint64_t>() > INT64_MAX) return std::nullopt;
  if (value.is_number_integer()) return value.get<int64_t>();
  if (!value.is_number_float()) return std::nullopt;
  const auto number = value.get<double>();
  if (std::trunc(number) != number || std::abs(number) > kMost) return std::nullopt;
  return static_cast<int64_t>(number);
}

// By the type that the value has itself.
std::optional<ParameterValue> value_of(const Json& value) {
  if (value.is_boolean()) return value.get<bool>();
  if (value.is_number_float()) return value.get<double>();
  if (value.is_number()) return integer_of(value);
  return texts_of(value);
}

std::optional<ParameterValue> value_of(const Json& value, std::optional<ParameterType> type) {
  if (!type) return value_of(value);
  switch (*type) {
    case ParameterType::kBool:
      return value.is_boolean() ? value_of(value) : std::nullopt;
    case ParameterType::kInteger:
      return integer_of(value);
    case ParameterType::kReal:
      if (!value.is_number()) return std::nullopt;
      return value.get<double>();
    case ParameterType::kTexts:
      return texts_of(value);
  }
  return std::nullopt;
}

std::string text_of(const Json& message, const char* key) {
  const auto found = message.is_object() ? message.find(key) : message.end();
  if (!message.is_object() || found == message.end() || !found->is_string()) {
    fail(Error::Code::kCorrupt, "a message has no text \"", key, '"');
  }
  return found->get<std::string>();
}

}  // namespace

Parameters parse_parameters(std::string_view text) {
  const Json json = Json::parse(text, nullptr, /*allow_exceptions=*/false);
  if (!json.is_object()) fail(Error::Code::kCorrupt, "the parameters are no JSON object");
  Parameters parameters;
  for (const auto& [name, json_value] : json.items()) {
    std::optional<ParameterValue> value = value_of(json_value, modelfile::parameter_type(name));
    if (!value) {
      fail(Error::Code::kCorrupt, "parameter ", quote(name), " is ",
           quote(json_value.dump(-1, ' ', true, Json::error_handler_t::replace)),
           ", which is of no type that it may have");
    }
    parameters[name] = std::move(*value);
  }
  return parameters;
}

std::string parameters_json(const Parameters& parameters) {
  Json json = Json::object();
  for (const auto& [name, value] : parameters) {
    std::visit([&json, &key = name](const auto& held) { json[key] = held; }, value);
  }
  return json.dump();
}

std::vector<modelfile::Message> parse_messages(std::string_view text) {
  const Json json = Json::parse(text, nullptr, /*allow_exceptions=*/false);
  if (!json.is_array()) fail(Error::Code::kCorrupt, "the messages are no JSON array");
  std::vector<modelfile::Message> messages;
  for (const Json& message : json) {
    messages.push_back({text_of(message, "role"), text_of(message, "content")});
  }
  return messages;
}

std::string messages_json(const std::vector<modelfile::Message>& messages) {
  nlohmann::ordered_json json = nlohmann::ordered_json::array();
  for (const modelfile::Message& message : messages) {
    json.push_back({{"role", message.role}, {"content", message.content}});
  }
  return json.dump();
}

}  // namespace cria::registry
