#include "server/requests/native_fields.h"

#include <cmath>
#include <nlohmann/json.hpp>
#include <string>

#include "base/error.h"
#include "server/respond.h"
#include "serving/answer_format.h"
#include "settings/duration.h"

namespace cria::server {
namespace {

using Json = nlohmann::ordered_json;
using std::chrono::nanoseconds;

}  // namespace

std::shared_ptr<const grammar::Grammar> compile_schema(const Json& schema) {
  return serving::answer_format(json_text(schema));
}

KeepAliveChoice read_keep_alive(const Fields& fields) {
  constexpr std::string_view kName = "keep_alive";
  constexpr double kMostSeconds = 9.2e9;  // what 64 bits of nanoseconds hold
  const Json* given = fields.find(kName);
  if (!given) return std::nullopt;
  if (given->is_string()) {
    return read_at(fields.place(kName),
                   [&] { return settings::parse_keep_alive(given->get<std::string>()); });
  }
  if (!given->is_number()) fields.refuse(kName, "a number of seconds, or a text such as \"5m\"");
  const double seconds = *fields.real(kName);
  if (seconds < 0) return std::optional<nanoseconds>();
  if (seconds > kMostSeconds) fields.refuse(kName, "a shorter time, or -1 for ever");
  return std::optional(nanoseconds(std::llround(seconds * 1e9)));
}

std::optional<chat::Thinking> read_think(const Fields& fields) {
  constexpr std::string_view kName = "think";
  const Json* given = fields.find(kName);
  if (!given) return std::nullopt;
  if (given->is_boolean()) return chat::Thinking{.on = given->get<bool>()};
  const std::string level = given->is_string() ? given->get<std::string>() : "";
  for (const char* known : {"low", "medium", "high", "max"}) {
    if (level == known) return chat::Thinking{.on = true, .level = level};
  }
  fields.refuse(kName, R"(true, false, "low", "medium", "high" or "max")");
}

chat::Thinking thinking_of_effort(const Fields& fields, std::string_view name) {
  const std::string effort = fields.needed_text(name);
  if (effort == "none") return {.on = false};
  if (effort == "minimal") return {.on = true, .level = "low"};
  if (effort == "xhigh") return {.on = true, .level = "max"};
  for (const char* known : {"low", "medium", "high", "max"}) {
    if (effort == known) return {.on = true, .level = effort};
  }
  fields.refuse(name, R"("none", "minimal", "low", "medium", "high", "xhigh" or "max")");
}

std::shared_ptr<const grammar::Grammar> read_format(const Fields& fields) {
  constexpr std::string_view kName = "format";
  const Json* given = fields.find(kName);
  if (!given || *given == "") return nullptr;
  if (given->is_object() || given->is_string()) {
    return read_at(fields.place(kName), [&] {
      return given->is_object() ? compile_schema(*given)
                                : serving::answer_format(given->get<std::string>());
    });
  }
  fields.refuse(kName, R"("json", a JSON Schema, "regex:EXPRESSION" or "gbnf:GRAMMAR")");
}

}  // namespace cria::server
