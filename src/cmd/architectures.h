#pragma once
// `cria architectures`: the models that there are, and the Hugging Face classes that are converted.

namespace cria::cmd {

struct ArchitecturesOptions {
  bool json = false;
};

int architectures(const ArchitecturesOptions& options);

}  // namespace cria::cmd
