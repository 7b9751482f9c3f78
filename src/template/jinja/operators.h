#pragma once
// Python's operators on values. All throw InvalidArgument for operands that Python refuses, and for
// what is undefined; Unsupported for integers beyond 64 bits.

#include <string_view>

#include "template/jinja/calls.h"

namespace cria::jinja {

void check_defined(const Value& value);

// + - * / // % **
Value arithmetic(std::string_view op, const Value& a, const Value& b, Calls& calls);
Value with_sign(std::string_view sign, const Value& value);

// == != < <= > >= in, not in
bool compare(const Value& a, const Value& b, std::string_view op, Calls& calls);
bool equal(const Value& a, const Value& b, Calls& calls);
bool contains(const Value& container, const Value& item, Calls& calls);

// What a loop over it sees: characters, items, keys. A generator is spent then.
Values iterate(const Value& value, Calls& calls);

}  // namespace cria::jinja
