#pragma once
// What /? says.

#include <string_view>

namespace cria::cmd {

// About all commands, or about "set", "show" or "shortcuts". InvalidArgument: none of them.
std::string_view slash_help(std::string_view topic);

}  // namespace cria::cmd
