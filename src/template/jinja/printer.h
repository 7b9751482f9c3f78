#pragma once
// Values as text, as Python prints them.

#include <string>

#include "template/jinja/calls.h"

namespace cria::jinja {

MarkedText to_text(const Value& value, Calls& calls);  // str(value)
MarkedText repr(const Value& value, Calls& calls);
std::string float_text(double number);  // "1.0", "1e+16", "inf"

}  // namespace cria::jinja
