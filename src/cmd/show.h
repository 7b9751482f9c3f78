#pragma once
// `cria show`: what is in a model file, of any architecture.

#include <string>

namespace cria::cmd {

struct ShowOptions {
  std::string model;
  bool tensors = false;
  bool metadata = false;
  bool json = false;
};

int show(const ShowOptions& options);

}  // namespace cria::cmd
