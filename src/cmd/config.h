#pragma once
// `cria config`: what is set, and where.

namespace cria::cmd {

struct ConfigOptions {
  bool json = false;
};

int show_config(const ConfigOptions& options);

}  // namespace cria::cmd
