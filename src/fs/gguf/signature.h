#pragma once
// Recognises by its first bytes what a file is that is not GGUF.

#include <cstddef>
#include <span>
#include <string>

namespace cria::gguf {

// "a zip archive, as PyTorch checkpoints are"; for what is unknown, its first bytes.
std::string describe_other_format(std::span<const std::byte> bytes);

}  // namespace cria::gguf
