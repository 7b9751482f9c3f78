#include "fs/gguf/gguf.h"

#include <iterator>
#include <utility>

#include "base/error.h"
#include "base/mapped_file.h"
#include "base/problems.h"
#include "fs/gguf/contents.h"
#include "fs/gguf/split.h"

namespace cria::gguf {
namespace {

class ParsedFile : public File {
 public:
  ParsedFile(std::string path, Contents contents, std::vector<MappedFile> mappings)
      : path_(std::move(path)), contents_(std::move(contents)), mappings_(std::move(mappings)) {}

  const std::string& path() const override { return path_; }
  uint32_t version() const override { return contents_.version; }
  const Metadata& metadata() const override { return contents_.metadata; }
  const std::vector<TensorInfo>& tensors() const override { return contents_.tensors; }

 private:
  std::string path_;
  Contents contents_;
  std::vector<MappedFile> mappings_;  // hold the tensors' data
};

std::unique_ptr<File> open_parts(const std::string& path, const Part& part, MappedFile opened,
                                 Contents contents) {
  const std::vector<std::string> paths = find_parts(path, part);
  std::vector<MappedFile> mappings;
  std::vector<Contents> parts;
  for (size_t i = 0; i < paths.size(); ++i) {
    if (i == part.index) {
      mappings.push_back(std::move(opened));
      parts.push_back(std::move(contents));
    } else {
      mappings.emplace_back(paths[i]);
      parts.push_back(read_contents(mappings.back().bytes(), paths[i]));
    }
  }
  Problems problems;
  check_parts(parts, paths, problems);
  problems.report(path);
  Contents whole = std::move(parts.front());
  for (size_t i = 1; i < parts.size(); ++i) {
    std::vector<TensorInfo>& more = parts[i].tensors;
    whole.tensors.insert(whole.tensors.end(), std::make_move_iterator(more.begin()),
                         std::make_move_iterator(more.end()));
  }
  return std::make_unique<ParsedFile>(paths.front(), std::move(whole), std::move(mappings));
}

}  // namespace

std::unique_ptr<File> File::parse(std::span<const std::byte> bytes, std::string name) {
  Contents contents = read_contents(bytes, name);
  if (const std::optional<Part> part = part_of(contents.metadata, name)) {
    fail(Error::Code::kUnsupported, name, ": is part ", part->index + 1, " of ", part->count,
         " of a split model, expected a whole one");
  }
  return std::make_unique<ParsedFile>(std::move(name), std::move(contents),
                                      std::vector<MappedFile>());
}

std::unique_ptr<File> File::open(const std::string& path) {
  MappedFile mapping(path);
  Contents contents = read_contents(mapping.bytes(), path);
  if (const std::optional<Part> part = part_of(contents.metadata, path)) {
    return open_parts(path, *part, std::move(mapping), std::move(contents));
  }
  std::vector<MappedFile> mappings;
  mappings.push_back(std::move(mapping));
  return std::make_unique<ParsedFile>(path, std::move(contents), std::move(mappings));
}

}  // namespace cria::gguf
