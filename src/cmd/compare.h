#pragma once
// `cria compare`: whether a model computes what another engine did.

#include <string>

#include "cmd/open_model.h"

namespace cria::cmd {

struct CompareOptions {
  std::string model;
  std::string expected;  // .safetensors
  double max_nmse = 1e-6;
  bool json = false;
  serving::ComputeOptions compute{.backend = "cpu", .threads = 0, .cache_type = "f32"};
};

// 0 only if everything that the file holds was compared and agrees.
int compare(const CompareOptions& options);

}  // namespace cria::cmd
