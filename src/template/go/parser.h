#pragma once
// Parses a Go template.

#include <string>
#include <string_view>

#include "template/go/syntax.h"

namespace cria::go {

// InvalidArgument: whatever Go refuses to parse. Unsupported: nested too deeply.
Program parse(std::string name, std::string source);

}  // namespace cria::go
