#pragma once
// Values of a file's metadata, and shapes, on one line.

#include <cstdint>
#include <span>
#include <string>

#include "fs/gguf/gguf.h"

namespace cria::cmd {

// "[1, 2, 3, ... (49152 in all)]": long arrays and texts are abbreviated.
std::string metadata_text(const gguf::Value& value);

std::string shape_text(std::span<const int64_t> shape);  // "[48, 64]"

}  // namespace cria::cmd
