#include "create/parcel.h"

#include <filesystem>
#include <set>

#include "base/error.h"
#include "convert/folder.h"
#include "fs/gguf/gguf.h"
#include "fs/gguf/split.h"

namespace cria::create {
namespace {

namespace fs = std::filesystem;

constexpr const char* kWeights[] = {".safetensors", ".bin", ".pth"};  // the first that are there
constexpr const char* kOthers[] = {".json", ".model", ".txt", ".jinja"};

std::vector<SourceFile> files_of_checkpoint(const std::string& path) {
  const convert::Folder folder(path);
  std::vector<SourceFile> files;
  const auto add = [&](const char* ending) {
    const std::vector<std::string> names = folder.list("", ending);
    for (const std::string& name : names) files.push_back({name, folder.file(name)});
    return !names.empty();
  };
  for (const char* ending : kWeights) {
    if (add(ending)) break;
  }
  for (const char* ending : kOthers) add(ending);
  // How the texts of a sentence transformer are pooled stands in folders of its own.
  for (const fs::directory_entry& entry : fs::directory_iterator(path)) {
    const std::string name = entry.path().filename().string() + "/config.json";
    if (entry.is_directory() && folder.has(name)) files.push_back({name, folder.file(name)});
  }
  return files;
}

std::vector<std::string> parts_of(const std::string& path) {
  const auto file = gguf::File::open(path);
  const int64_t count = file->integer("split.count").value_or(1);
  if (count <= 1) return {path};
  return gguf::find_parts(file->path(), {.index = 0, .count = static_cast<size_t>(count)});
}

}  // namespace

std::vector<SourceFile> files_of(const Source& source) {
  if (!source.checkpoint.empty()) return files_of_checkpoint(source.checkpoint);
  std::vector<SourceFile> files;
  std::set<std::string> names;
  for (const std::string& first : source.files) {
    for (const std::string& path : parts_of(first)) {
      std::string name = fs::path(path).filename().string();
      if (!name.ends_with(".gguf")) name += ".gguf";
      if (!names.insert(name).second) {
        fail(Error::Code::kInvalidArgument, path, ": another file is named ", name, " as well");
      }
      files.push_back({std::move(name), path});
    }
  }
  return files;
}

}  // namespace cria::create
