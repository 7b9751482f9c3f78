#pragma once
// Files that commands write.

#include <string>

namespace cria::cmd {

// InvalidArgument: it is there already, unless `force` replaces it.
void check_output_file(const std::string& path, bool force);

}  // namespace cria::cmd
