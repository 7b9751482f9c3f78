#pragma once
// `cria cp` and `cria rm`: other names for stored models, and none.

#include <string>
#include <vector>

namespace cria::cmd {

struct CopyOptions {
  std::string from, to;
};
int copy_model(const CopyOptions& options);

struct RemoveOptions {
  std::vector<std::string> names;
};
int remove_models(const RemoveOptions& options);

}  // namespace cria::cmd
