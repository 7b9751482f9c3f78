#pragma once
// The folder of a checkpoint. Names come from files in it, so they are not trusted: no path leads
// outside, not even by a symbolic link.

#include <filesystem>
#include <string>
#include <string_view>
#include <vector>

namespace cria::convert {

class Folder {
 public:
  // NotFound; InvalidArgument: no folder.
  explicit Folder(const std::filesystem::path& path);

  const std::string& path() const { return path_; }
  bool has(std::string_view name) const;
  // The path of a file. NotFound; InvalidArgument: a name that is no plain one (with "..", a slash
  // in front), or whose link leaves the folder. Links into the blobs of a Hugging Face cache are
  // followed, when the folder is one of its snapshots.
  std::string file(std::string_view name) const;
  // Names of the files in it that begin and end like this, sorted.
  std::vector<std::string> list(std::string_view prefix, std::string_view suffix) const;

 private:
  std::string path_;
  std::filesystem::path real_;   // without links
  std::filesystem::path blobs_;  // empty when it is no snapshot
};

}  // namespace cria::convert
