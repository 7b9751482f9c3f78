#pragma once
// The files of a source, to be sent to where a model is made of them.

#include <string>
#include <vector>

#include "create/source.h"

namespace cria::create {

struct SourceFile {
  std::string name;  // among the others, and with a folder where it lies in one
  std::string path;
};

// Those that conversion reads of a checkpoint, or GGUF files with all their parts. InvalidArgument:
// two of one name.
std::vector<SourceFile> files_of(const Source& source);

}  // namespace cria::create
