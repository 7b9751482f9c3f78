#pragma once
// `cria list`: the stored models.

#include <string>

namespace cria::cmd {

struct ListOptions {
  std::string prefix;  // of their names, whatever the case of letters
  bool json = false;
};

int list(const ListOptions& options);

}  // namespace cria::cmd
