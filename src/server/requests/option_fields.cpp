#include "server/requests/option_fields.h"

#include <nlohmann/json.hpp>

#include "base/error.h"
#include "base/quote.h"
#include "modelfile/parameters.h"

namespace cria::server {

using Type = modelfile::ParameterType;

std::string option_text(double value) { return nlohmann::ordered_json(value).dump(); }

void read_option(const Fields& fields, std::string_view name, Options& options) {
  if (!fields.has(name)) return;
  const std::string key(name);
  switch (modelfile::parameter_type(name).value()) {
    case Type::kBool:
      options.emplace_back(key, *fields.flag(name) ? "true" : "false");
      return;
    case Type::kInteger:
      options.emplace_back(key, std::to_string(*fields.integer(name)));
      return;
    case Type::kReal:
      options.emplace_back(key, option_text(*fields.real(name)));
      return;
    case Type::kTexts:
      for (std::string& text : fields.texts(name)) options.emplace_back(key, std::move(text));
  }
}

void read_options(const Fields& fields, Options& options, Warnings& warnings) {
  const nlohmann::ordered_json* given = fields.object("options");
  if (!given) return;
  const Fields inner(*given, "options");
  for (const auto& [name, value] : given->items()) {
    if (modelfile::parameter_type(name)) {
      read_option(inner, name, options);
    } else {
      warn(warnings, modelfile::is_deprecated_parameter(name)
                         ? concat("option ", quote(name), " has no effect any more")
                         : concat("unknown option ", quote(name)));
    }
  }
}

void read_loose_options(const Fields& fields, Options& options) {
  for (const std::string& name : fields.unread()) {
    if (modelfile::parameter_type(name)) read_option(fields, name, options);
  }
}

}  // namespace cria::server
