#pragma once
// Known beginnings of sequences in a file. A line that names the format, the fingerprint of all
// that keys and values depend on, then the blocks, each with a checksum of itself and all before
// it, and a block without tokens as the end. Whoever reads it trusts nothing of it.

#include <cstdint>
#include <string>

#include "base/files.h"
#include "kvcache/cache.h"

namespace cria::serving {

// Writes what a cache knows, what was used last first, as far as so many bytes hold it. Returns how
// many tokens they are.
int64_t write_prefixes(TemporaryFile& file, const std::string& fingerprint,
                       const kvcache::Cache& cache, int64_t most_bytes);

// Has a cache take back what fits into it; returns how many tokens. NotFound; Corrupt: no such
// file, one of another fingerprint, cut short or changed: what stands before that is taken all the
// same, since it is known to be right.
int64_t read_prefixes(const std::string& path, const std::string& fingerprint,
                      kvcache::Cache& cache);

}  // namespace cria::serving
