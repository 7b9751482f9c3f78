#pragma once
// How one value is to be formatted: what both notations say.

#include <optional>
#include <string>
#include <string_view>

#include "template/jinja/calls.h"

namespace cria::jinja {

struct FormatSpec {
  std::string fill = " ";
  char align = '\0';  // < > ^ =, or the usual one of the type
  char sign = '-';    // - + or space
  bool is_alternate = false;
  int64_t width = 0;
  char grouping = '\0';
  std::optional<int64_t> precision = {};
  char type = '\0';
};

// "*>10.2f". InvalidArgument: it is none.
FormatSpec parse_format_spec(std::string_view text);

// Digits and sign of a number; `type` is of d b o x X n or e E f F g G %, or none.
// InvalidArgument: of another.
MarkedText number_text(const Value& number, const FormatSpec& spec, Calls& calls);
// Within its width; texts are cut to the precision.
MarkedText text_in_width(const MarkedText& text, const FormatSpec& spec, Calls& calls);

}  // namespace cria::jinja
