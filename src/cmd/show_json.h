#pragma once
// `cria show --json`.

#include "cmd/json.h"
#include "fs/gguf/gguf.h"

namespace cria::cmd {

// Arrays are whole here.
Json show_json(const gguf::File& file, bool metadata, bool tensors);

}  // namespace cria::cmd
