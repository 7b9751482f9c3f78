#pragma once
// Fields of the native API that the other dialects take as well.

#include <memory>
#include <nlohmann/json_fwd.hpp>
#include <optional>
#include <string_view>

#include "server/fields.h"
#include "server/requests/requests.h"

namespace cria::server {

// "keep_alive": a number of seconds, or "5m"; anything negative is for ever.
KeepAliveChoice read_keep_alive(const Fields& fields);

// "think": true, false, or "low", "medium", "high", "max".
std::optional<chat::Thinking> read_think(const Fields& fields);

// How much OpenAI's and Anthropic's clients want to be thought: also "none", "minimal", "xhigh".
chat::Thinking thinking_of_effort(const Fields& fields, std::string_view name);

// Also errors of grammar/schema.
std::shared_ptr<const grammar::Grammar> compile_schema(const nlohmann::ordered_json& schema);

// "format": "json", "regex:EXPRESSION", "gbnf:GRAMMAR" or an object, a JSON Schema. Also errors of
// those.
std::shared_ptr<const grammar::Grammar> read_format(const Fields& fields);

}  // namespace cria::server
