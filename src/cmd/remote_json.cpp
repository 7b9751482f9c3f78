#include "cmd/remote_json.h"

#include "base/error.h"
#include "cmd/input.h"
#include "cmd/moment.h"
#include "cmd/output_format.h"

namespace cria::cmd {
namespace {

using client::Json;
using Code = Error::Code;

constexpr std::string_view kSchemaFile = "schema:";

}  // namespace

std::string text_in(const Json& object, const char* name) {
  const auto found = object.find(name);
  return found != object.end() && found->is_string() ? found->get<std::string>() : "";
}

int64_t integer_in(const Json& object, const char* name) {
  const auto found = object.find(name);
  return found != object.end() && found->is_number_integer() ? found->get<int64_t>() : 0;
}

bool flag_in(const Json& object, const char* name) {
  const auto found = object.find(name);
  return found != object.end() && found->is_boolean() && found->get<bool>();
}

Json parameters_json(const modelfile::Parameters& parameters) {
  Json json = Json::object();
  for (const auto& [name, value] : parameters) {
    std::visit([&json, &key = name](const auto& held) { json[key] = held; }, value);
  }
  return json;
}

Json format_json(const std::string& format) {
  if (format.empty()) return nullptr;
  output_format(format);  // what cannot be honoured is told here, with its place
  if (format == "json") return format;
  const std::string schema =
      format.starts_with(kSchemaFile) ? read_file(format.substr(kSchemaFile.size())) : format;
  Json json = Json::parse(schema, nullptr, false);
  if (json.is_object()) return json;
  fail(Code::kUnsupported,
       "a server takes json or a JSON Schema as the format: --local takes others");
}

std::vector<ListedModel> listed_models(const Json& answer) {
  std::vector<ListedModel> models;
  const auto found = answer.find("models");
  if (found == answer.end() || !found->is_array()) return models;
  for (const Json& model : *found) {
    const auto modified = parse_moment(text_in(model, "modified_at"));
    models.push_back({.name = text_in(model, "name"),
                      .id = text_in(model, "digest"),
                      .size = integer_in(model, "size"),
                      .age = modified ? seconds_since(*modified) : 0});
  }
  return models;
}

}  // namespace cria::cmd
