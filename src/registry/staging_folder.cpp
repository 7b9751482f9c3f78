#include "registry/staging_folder.h"

#include <algorithm>
#include <cerrno>
#include <cstdlib>
#include <filesystem>

#include "base/error.h"
#include "base/files.h"
#include "base/quote.h"

namespace cria::registry {
namespace {

namespace fs = std::filesystem;

void check_name(std::string_view name) {
  constexpr size_t kLongest = 255;
  const fs::path path(name);
  const bool printable = std::ranges::all_of(
      name, [](unsigned char c) { return c >= 0x20 && c != 0x7f && c != '\\'; });
  const bool inside = path.is_relative() && std::ranges::none_of(path, [](const fs::path& part) {
                        return part == ".." || part == "." || part.empty();
                      });
  if (!name.empty() && name.size() <= kLongest && printable && inside) return;
  fail(Error::Code::kInvalidArgument, "file path must be relative, without .. and of at most ",
       kLongest, " printable characters, not ", quote(name));
}

}  // namespace

StagingFolder::StagingFolder(Blobs blobs) : blobs_(std::move(blobs)) {
  path_ = blobs_.scratch_path() + "-XXXXXX";
  if (!::mkdtemp(path_.data())) fail_with_errno(path_, "cannot make the folder", errno);
}

StagingFolder::~StagingFolder() {
  std::error_code error;
  fs::remove_all(path_, error);
}

void StagingFolder::add(std::string_view name, const std::string& hex) const {
  check_name(name);
  const fs::path target = fs::path(path_) / name;
  const std::string blob = blobs_.path(hex);
  std::error_code error;
  if (!fs::is_regular_file(blob, error)) {
    fail(Error::Code::kNotFound, "file ", quote(name), ": there is no blob sha256:", hex,
         " in the store");
  }
  fs::create_directories(target.parent_path(), error);
  fs::create_hard_link(blob, target, error);
  // Where there are no hard links.
  if (error) fs::copy_file(blob, target, error);
  if (error) fail(Error::Code::kInternal, "file ", quote(name), ": ", error.message());
}

}  // namespace cria::registry
