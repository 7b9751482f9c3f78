#pragma once
// Recognises by its first bytes what a file is.

#include <cstddef>
#include <span>
#include <string>

namespace cria::gguf {

// "a zip archive, as PyTorch checkpoints are"; for what is unknown, its first bytes.
std::string describe_other_format(std::span<const std::byte> bytes);

// Whether a regular file begins as GGUF does; false for one that cannot be read.
bool is_gguf(const std::string& path);

}  // namespace cria::gguf
