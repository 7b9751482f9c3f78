#pragma once
// Models whose tensors are parted over several files: model-00001-of-00003.gguf and so on. Each is
// a GGUF file of its own; the first one holds the metadata of the model.

#include <cstddef>
#include <optional>
#include <string>
#include <vector>

#include "base/problems.h"
#include "fs/gguf/contents.h"

namespace cria::gguf {

struct Part {
  size_t index = 0, count = 1;
};

constexpr int64_t kMostParts = 99999;  // five digits in a name

// What the name of a part ends in: "-00001-of-00003.gguf".
std::string part_ending(const Part& part);

// Nothing for a file that holds a whole model. Corrupt when split.no and split.count contradict
// each other; `name` is for messages.
std::optional<Part> part_of(const Metadata& metadata, const std::string& name);

// The paths of all parts, the first one first, by the path of one of them. InvalidArgument when
// that does not end as it should; NotFound naming the parts that are missing.
std::vector<std::string> find_parts(const std::string& path, const Part& part);

// Whether each says that it is the part that it is named as, and all have the tensors that they
// announce, once.
void check_parts(const std::vector<Contents>& parts, const std::vector<std::string>& paths,
                 Problems& problems);

}  // namespace cria::gguf
