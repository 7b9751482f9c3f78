#pragma once
// The tests: "value is name(arguments)".

#include <string_view>

#include "template/jinja/calls.h"

namespace cria::jinja {

bool is_test(std::string_view name);
// InvalidArgument: also for a name that is none.
bool apply_test(std::string_view name, const Value& value, const Arguments& arguments,
                Calls& calls);

}  // namespace cria::jinja
