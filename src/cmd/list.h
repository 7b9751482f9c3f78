#pragma once
// `cria list`: the stored models.

namespace cria::cmd {

struct ListOptions {
  bool json = false;
};

int list(const ListOptions& options);

}  // namespace cria::cmd
