#include "convert/folder.h"

#include <algorithm>

#include "base/error.h"
#include "base/quote.h"

namespace cria::convert {
namespace {

using Code = Error::Code;
namespace fs = std::filesystem;

bool is_plain(std::string_view name) {
  if (name.empty() || name.front() == '/' || name.find('\0') != std::string_view::npos ||
      name.find('\\') != std::string_view::npos) {
    return false;
  }
  const std::string path = concat("/", name, "/");
  return path.find("/../") == std::string::npos && path.find("/./") == std::string::npos &&
         path.find("//") == std::string::npos;
}

bool is_inside(const fs::path& path, const fs::path& folder) {
  const auto [end, rest] = std::mismatch(folder.begin(), folder.end(), path.begin(), path.end());
  return end == folder.end() && rest != path.end();
}

}  // namespace

Folder::Folder(const fs::path& path) : path_(path.string()) {
  std::error_code error;
  if (path_.find('\0') != std::string::npos) {
    fail(Code::kInvalidArgument, "path ", quote(path_), ": holds a zero byte");
  }
  if (!fs::exists(path, error)) fail(Code::kNotFound, path_, ": there is no such folder");
  if (!fs::is_directory(path, error)) {
    fail(Code::kInvalidArgument, path_, ": is no folder, expected the folder of a checkpoint");
  }
  real_ = fs::canonical(path, error);
  if (error) fail(Code::kInvalidArgument, path_, ": ", error.message());
  // Hugging Face's cache keeps MODEL/snapshots/REVISION/NAME as links to MODEL/blobs/HASH.
  if (real_.parent_path().filename() == "snapshots") {
    blobs_ = real_.parent_path().parent_path() / "blobs";
  }
}

bool Folder::has(std::string_view name) const {
  std::error_code error;
  return is_plain(name) && fs::exists(fs::path(path_) / name, error);
}

std::string Folder::file(std::string_view name) const {
  if (!is_plain(name)) {
    fail(Code::kInvalidArgument, path_, ": names the file ", quote(name),
         ", expected one that lies in the folder");
  }
  const fs::path path = fs::path(path_) / name;
  std::error_code error;
  const fs::path real = fs::canonical(path, error);
  if (error) fail(Code::kNotFound, path_, ": the file ", quote(name), " is missing");
  if (!is_inside(real, real_) && (blobs_.empty() || !is_inside(real, blobs_))) {
    fail(Code::kInvalidArgument, path.string(), ": is a link to ", quote(real.string()),
         ", an insecure path: expected a file that lies in the folder");
  }
  return path.string();
}

std::vector<std::string> Folder::list(std::string_view prefix, std::string_view suffix) const {
  std::vector<std::string> names;
  std::error_code error;
  for (const fs::directory_entry& entry : fs::directory_iterator(path_, error)) {
    const std::string name = entry.path().filename().string();
    if (name.starts_with(prefix) && name.ends_with(suffix)) names.push_back(name);
  }
  if (error) fail(Code::kInvalidArgument, path_, ": cannot be listed: ", error.message());
  std::sort(names.begin(), names.end());
  return names;
}

}  // namespace cria::convert
