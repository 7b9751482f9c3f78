#pragma once
// What the bytes of one GGUF file hold.

#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <vector>

#include "fs/gguf/gguf.h"
#include "fs/gguf/metadata.h"

namespace cria::gguf {

struct Contents {
  uint32_t version = 0;
  Metadata metadata;
  std::vector<TensorInfo> tensors;  // their data lies in the bytes that were read
};

// Corrupt with all problems at once, Unsupported (version, big endian); `name` is for messages.
Contents read_contents(std::span<const std::byte> bytes, const std::string& name);

}  // namespace cria::gguf
