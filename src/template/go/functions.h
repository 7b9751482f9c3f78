#pragma once
// The functions that templates may call: Go's own and those that Ollama adds.

#include <ctime>
#include <optional>
#include <span>
#include <stdexcept>
#include <string>
#include <string_view>
#include <vector>

#include "template/common/limits.h"
#include "template/go/value.h"

namespace cria::go {

// What a function is told about the run.
struct Calls {
  chat::Budget& budget;
  std::time_t now;
};

// What is wrong with the arguments of a call; the executor says where.
struct CallError : std::runtime_error {
  using std::runtime_error::runtime_error;
};

using Arguments = std::span<const Value>;

struct Function {
  enum class Takes { kAny, kText };
  std::string_view name;
  std::vector<Takes> fixed;                          // parameters
  std::optional<Takes> rest;                         // any number more
  Value (*call)(Arguments arguments, Calls& calls);  // CallError
};

// Null when there is none of that name. `and` and `or` are here too, but it is the executor that
// knows which of their arguments to evaluate.
const Function* find_function(std::string_view name);

// eq, ne, lt, le, gt, ge.
bool is_equal(const Value& first, Arguments others, Calls& calls);
bool is_less(const Value& a, const Value& b, Calls& calls);

// len, index, slice.
Value length(Arguments arguments, Calls& calls);
Value index(Arguments arguments, Calls& calls);
Value slice(Arguments arguments, Calls& calls);

// Texts of html, js and urlquery.
std::string escape_html(std::string_view text);
std::string escape_js(std::string_view text);
std::string escape_query(std::string_view text);

// The type of a property of a tool, as TypeScript writes it.
Value type_script_type(Arguments arguments, Calls& calls);

}  // namespace cria::go
