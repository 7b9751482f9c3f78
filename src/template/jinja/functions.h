#pragma once
// The filters, tests, methods and operators of the language, as functions of values. Each throws
// Unsupported for a name it does not know and for operands of kinds it does not know.

#include <span>
#include <string>

#include "template/jinja/value.h"

namespace cria::jinja {

[[noreturn]] void fail_unsupported(const std::string& what);

Value apply_filter(const std::string& name, const Value& value, std::span<const Value> arguments);
bool apply_test(const std::string& name, const Value& value);
Value call_method(const Value& object, const std::string& name, std::span<const Value> arguments);
// All but `and` and `or`.
Value apply_operator(const std::string& name, const Value& left, const Value& right);

// a.name and a[key]: Undefined when there is no such thing.
Value item(const Value& container, const Value& key);
Value slice(const Value& container, const Value& begin, const Value& end, const Value& step);

}  // namespace cria::jinja
