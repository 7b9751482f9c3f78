#include "fs/gguf/split.h"

#include <algorithm>
#include <cstdio>
#include <filesystem>
#include <unordered_map>

#include "base/error.h"
#include "base/quote.h"
#include "fs/gguf/values.h"

namespace cria::gguf {
namespace {

using Code = Error::Code;

std::optional<int64_t> number(const Metadata& metadata, const char* key, const std::string& name) {
  const auto found = metadata.find(key);
  if (found == metadata.end()) return std::nullopt;
  const std::optional<int64_t> value = as_integer(found->second);
  if (!value) {
    fail(Code::kCorrupt, name, ": ", key, " is ", describe(found->second), ", expected an integer");
  }
  return value;
}

void check_place(const Contents& contents, const std::string& path, size_t index, size_t count,
                 Problems& problems) {
  const std::optional<Part> part = part_of(contents.metadata, path);
  if (!part || part->count != count) {
    problems.add(path, ": split.count is ", part ? part->count : 1, ", expected ", count);
  } else if (part->index != index) {
    problems.add(path, ": split.no is ", part->index, ", expected ", index);
  }
}

void check_tensor_counts(const std::vector<Contents>& parts, const std::vector<std::string>& paths,
                         Problems& problems) {
  size_t total = 0;
  for (const Contents& part : parts) total += part.tensors.size();
  for (size_t i = 0; i < parts.size(); ++i) {
    const auto announced = number(parts[i].metadata, "split.tensors.count", paths[i]);
    if (announced && *announced != static_cast<int64_t>(total)) {
      problems.add(paths[i], ": split.tensors.count is ", *announced, ", but the parts have ",
                   total, " tensors together");
    }
  }
}

// Within a part they were looked for when it was read.
void check_duplicates(const std::vector<Contents>& parts, const std::vector<std::string>& paths,
                      Problems& problems) {
  std::unordered_map<std::string_view, size_t> part_with;
  for (size_t i = 0; i < parts.size(); ++i) {
    for (const TensorInfo& tensor : parts[i].tensors) {
      const auto [found, is_new] = part_with.emplace(tensor.name, i);
      if (is_new) continue;
      problems.add(paths[i], ": tensor ", quote(tensor.name), " is also in ", paths[found->second]);
    }
  }
}

}  // namespace

std::string part_ending(const Part& part) {
  char text[64];
  std::snprintf(text, sizeof(text), "-%05zu-of-%05zu.gguf", part.index + 1, part.count);
  return text;
}

std::optional<Part> part_of(const Metadata& metadata, const std::string& name) {
  const int64_t count = number(metadata, "split.count", name).value_or(1);
  const std::optional<int64_t> index = number(metadata, "split.no", name);
  if (count < 0 || count > kMostParts) {
    fail(Code::kCorrupt, name, ": split.count is ", count, ", expected 1 to ", kMostParts);
  }
  if (count > 1 && !index) {
    fail(Code::kCorrupt, name, ": split.no is absent, but split.count is ", count);
  }
  if (index && (*index < 0 || *index >= std::max<int64_t>(count, 1))) {
    fail(Code::kCorrupt, name, ": split.no is ", *index, ", expected 0 to ",
         std::max<int64_t>(count, 1) - 1, ", one less than split.count");
  }
  if (count <= 1) return std::nullopt;
  return Part{static_cast<size_t>(*index), static_cast<size_t>(count)};
}

std::vector<std::string> find_parts(const std::string& path, const Part& part) {
  const std::string own = part_ending(part);
  if (!path.ends_with(own)) {
    fail(Code::kInvalidArgument, path, ": is part ", part.index + 1, " of ", part.count,
         " of a split model, expected a name that ends in ", own,
         ", by which the others are found");
  }
  const std::string stem = path.substr(0, path.size() - own.size());
  std::vector<std::string> paths;
  std::string missing;
  size_t missing_count = 0;
  constexpr size_t kListed = 20;
  for (size_t i = 0; i < part.count; ++i) {
    paths.push_back(stem + part_ending({i, part.count}));
    std::error_code error;
    if (std::filesystem::exists(paths.back(), error)) continue;
    if (++missing_count <= kListed) missing += "\n  " + paths.back();
  }
  if (missing_count == 0) return paths;
  if (missing_count > kListed) missing += concat("\n  and ", missing_count - kListed, " more");
  fail(Code::kNotFound, path, ": of the ", part.count, " parts of this model ", missing_count,
       missing_count == 1 ? " is" : " are", " missing:", missing);
}

void check_parts(const std::vector<Contents>& parts, const std::vector<std::string>& paths,
                 Problems& problems) {
  for (size_t i = 0; i < parts.size(); ++i) {
    check_place(parts[i], paths[i], i, parts.size(), problems);
  }
  check_tensor_counts(parts, paths, problems);
  check_duplicates(parts, paths, problems);
}

}  // namespace cria::gguf
