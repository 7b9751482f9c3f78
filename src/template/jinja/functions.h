#pragma once
// The functions that a template finds without being given them.

#include <span>
#include <string>
#include <string_view>

#include "template/jinja/calls.h"

namespace cria::jinja {

// What raise_exception(message) throws: the message is for whoever asked.
struct Raised {
  std::string message;
};

std::span<const std::string_view> function_names();
// Of one of these names, but namespace().
Value call_function(std::string_view name, const Arguments& arguments, Calls& calls);

Dict dict_of(const Arguments& arguments, Calls& calls);  // dict(pairs, name=value)

}  // namespace cria::jinja
