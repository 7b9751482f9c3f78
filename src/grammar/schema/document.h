#pragma once
// The schema's own JSON text: read within limits, and looked up by references.

#include <nlohmann/json.hpp>
#include <string>
#include <string_view>

#include "base/error.h"
#include "grammar/limits.h"

namespace cria::grammar {

using Json = nlohmann::ordered_json;  // keys in the order of the text

// InvalidArgument: no JSON, too long or too deep, or an object has a key twice.
Json parse_schema(std::string_view text, const Limits& limits);

// A value within the schema and where it stands, as a JSON pointer.
struct Place {
  const Json* value;
  std::string pointer;

  Place operator[](const std::string& key) const;
  Place operator[](size_t index) const;
};

// How much it is to copy, in bytes, about.
size_t size_of(const Json& value);

// What "#/..." refers to. Unsupported: other references; InvalidArgument: it does not exist.
Place resolve(const Json& root, const std::string& reference, const std::string& pointer);

template <class... Args>
[[noreturn]] void fail_at(const std::string& pointer, Error::Code code, const Args&... args) {
  fail(code, "schema: ", pointer.empty() ? "the whole" : pointer, ": ", args...);
}

}  // namespace cria::grammar
