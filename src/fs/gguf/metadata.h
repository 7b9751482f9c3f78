#pragma once
// Reads the keys and values at the head of a GGUF file.

#include <cstddef>
#include <cstdint>
#include <map>
#include <string>

#include "base/problems.h"
#include "fs/gguf/gguf.h"
#include "fs/gguf/reader.h"

namespace cria::gguf {

using Metadata = std::map<std::string, Value, std::less<>>;

// An empty key of a number of one byte takes the fewest.
constexpr size_t kFewestMetadataBytes = 8 + 4 + 1;

// Both far beyond any model: vocabularies have less than a million tokens and merges.
constexpr uint64_t kMostMetadata = uint64_t{1} << 16;
constexpr uint64_t kMostElements = uint64_t{1} << 24;  // of all arrays together

Metadata read_metadata(Reader& reader, size_t count, Problems& problems);

}  // namespace cria::gguf
