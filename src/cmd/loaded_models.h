#pragma once
// `cria ps` and `cria stop`: the models that a server has in memory.

#include <string>

namespace cria::cmd {

struct PsOptions {
  bool json = false;
};
int list_loaded(const PsOptions& options);

struct StopOptions {
  std::string model;
};
int stop_model(const StopOptions& options);

}  // namespace cria::cmd
