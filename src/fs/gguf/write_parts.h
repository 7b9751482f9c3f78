#pragma once
// Writes a model that is parted over several files, see split.h.

#include <cstdint>
#include <string>
#include <vector>

#include "fs/gguf/write.h"

namespace cria::gguf {

// The files that write_parts() would write to a path: the path alone when all fits into one, else
// NAME-00001-of-00003.gguf and so on.
std::vector<std::string> part_paths(const Writer& model, const std::string& path,
                                    uint64_t most_bytes);

// Writes a model as files with at most `most_bytes` of tensors each, or one tensor that is larger;
// 0: one file. They get their names when all are whole and checked, by the path of the first.
// Errors are those of Writer::write(); InvalidArgument for more parts than a name can count.
void write_parts(const Writer& model, const std::string& path, uint64_t most_bytes,
                 const WriteOptions& options);

}  // namespace cria::gguf
