#pragma once
// Which files of a folder make up its checkpoint.

#include <map>
#include <string>
#include <vector>

#include "convert/folder.h"

namespace cria::convert {

enum class FileKind { kSafetensors, kPytorch };

struct Shards {
  FileKind kind = FileKind::kSafetensors;
  std::vector<std::string> files;            // names in the folder
  std::string index;                         // path of the index; empty: there is none
  std::map<std::string, std::string> place;  // by the index: tensor to file
};

// NotFound: no checkpoint, or a part of it is missing. Corrupt: an index that is none.
Shards find_shards(const Folder& folder);
Shards find_adapter_shards(const Folder& folder);

}  // namespace cria::convert
