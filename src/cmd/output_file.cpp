#include "cmd/output_file.h"

#include <filesystem>

#include "base/error.h"

namespace cria::cmd {

void check_output_file(const std::string& path, bool force) {
  std::error_code error;
  if (!force && std::filesystem::exists(path, error)) {
    fail(Error::Code::kInvalidArgument, path, ": is there already, --force replaces it");
  }
}

}  // namespace cria::cmd
