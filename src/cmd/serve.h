#pragma once
// `cria serve`: answers requests until it is told to stop.

#include <string>
#include <vector>

namespace cria::cmd {

struct ServeOptions {
  std::string host;                   // "": as it is set
  std::vector<std::string> settings;  // NAME=VALUE, before those of the environment and the file
};

int serve(const ServeOptions& options);

}  // namespace cria::cmd
