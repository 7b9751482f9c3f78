#pragma once
// What some values of a Modelfile have to be, wherever they come from.

#include <string_view>

namespace cria::modelfile {

// Of a MESSAGE, and of REQUIRES. InvalidArgument.
void check_role(std::string_view role);
void check_version(std::string_view version);

}  // namespace cria::modelfile
