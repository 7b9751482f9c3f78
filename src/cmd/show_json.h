#pragma once
// `cria show --json`.

#include <string>

#include "fs/gguf/gguf.h"

namespace cria::cmd {

// Arrays are whole here.
std::string show_json(const gguf::File& file, bool metadata, bool tensors);

}  // namespace cria::cmd
