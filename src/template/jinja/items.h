#pragma once
// What is in values: a.name, a[key] and a[begin:end:step].

#include <string_view>

#include "template/jinja/calls.h"

namespace cria::jinja {

// Both give something undefined when there is no such thing. InvalidArgument: of what is undefined
// itself.
Value attribute(const Value& of, std::string_view name);
Value item(const Value& of, const Value& key, Calls& calls);

// Bounds may be none. InvalidArgument: what can not be cut.
Value slice(const Value& of, const Value& begin, const Value& end, const Value& step, Calls& calls);

}  // namespace cria::jinja
