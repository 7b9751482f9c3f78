#pragma once
// Parses a Jinja template.

#include <string>
#include <string_view>

#include "template/jinja/syntax.h"

namespace cria::jinja {

// InvalidArgument: "template: NAME:LINE: ...", what is no template. Unsupported: tags that load
// other templates, and what is nested too deeply.
Program parse(std::string name, std::string_view source);

}  // namespace cria::jinja
