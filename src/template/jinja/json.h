#pragma once
// json.dumps, as the filter tojson of transformers calls it.

#include <optional>
#include <string>

#include "template/jinja/calls.h"

namespace cria::jinja {

struct JsonStyle {
  bool escapes_unicode = false;
  std::optional<std::string> indent = {};  // of a level, each in a line of its own
  std::string between_items = ", ", behind_key = ": ";
  bool sorts_keys = false;
};

// InvalidArgument: what JSON can not hold.
MarkedText json_text(const Value& value, const JsonStyle& style, Calls& calls);

}  // namespace cria::jinja
