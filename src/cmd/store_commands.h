#pragma once
// `cria cp` and `cria rm`: other names for stored models, and none. Of a server if one answers.

#include <string>
#include <vector>

namespace cria::cmd {

struct CopyOptions {
  std::string from, to;
  bool local = false;
};
int copy_model(const CopyOptions& options);

struct RemoveOptions {
  std::vector<std::string> names;
  bool local = false;
};
int remove_models(const RemoveOptions& options);

}  // namespace cria::cmd
