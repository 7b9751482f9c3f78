#pragma once
// `cria graph`: the operations that a model's forward() builds.

#include <cstdint>
#include <optional>
#include <string>

namespace cria::cmd {

struct GraphOptions {
  std::string model;
  int64_t tokens = 8;
  std::optional<int64_t> layer;  // none: all of it
  bool encoder = false;
  std::string format = "text";
};

int graph(const GraphOptions& options);

}  // namespace cria::cmd
