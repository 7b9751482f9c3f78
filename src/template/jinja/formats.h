#pragma once
// "%s of %d" % values, and "{} of {:>3}".format(values).

#include <string_view>

#include "template/jinja/calls.h"

namespace cria::jinja {

// Both: InvalidArgument for what Python refuses. What they make counts, piece by piece.
MarkedText percent_format(const MarkedText& format, const Value& values, Calls& calls);
MarkedText brace_format(const MarkedText& format, const Arguments& arguments, Calls& calls);

// format(value, spec)
MarkedText formatted(const Value& value, std::string_view spec, Calls& calls);

}  // namespace cria::jinja
