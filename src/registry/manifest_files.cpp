#include "registry/manifest_files.h"

#include <algorithm>
#include <fstream>

#include "base/error.h"
#include "registry/manifest.h"

namespace cria::registry {
namespace {

namespace fs = std::filesystem;

using Visit = std::function<void(const fs::path& path, const std::string& name)>;

void visit_level(const fs::path& folder, const std::string& name, size_t level,
                 const Visit& visit) {
  constexpr const char* kSeparators[] = {"", "/", "/", ":"};
  if (level == std::size(kSeparators)) return visit(folder, name);
  for (const std::string& part : entries(folder)) {
    visit_level(folder / part, concat(name, kSeparators[level], part), level + 1, visit);
  }
}

}  // namespace

std::string read_manifest(const fs::path& path) {
  std::error_code error;
  // A pipe would never end.
  if (!fs::is_regular_file(path, error)) fail(Error::Code::kCorrupt, "not a regular file");
  std::ifstream file(path, std::ios::binary);
  std::string text(kLargestManifest + 1, '\0');
  file.read(text.data(), static_cast<std::streamsize>(text.size()));
  if (file.bad() || file.gcount() == 0) fail(Error::Code::kCorrupt, "empty or unreadable");
  text.resize(static_cast<size_t>(file.gcount()));
  return text;
}

std::vector<std::string> entries(const fs::path& folder) {
  std::vector<std::string> names;
  std::error_code error;
  for (fs::directory_iterator entry(folder, error), end; !error && entry != end;
       entry.increment(error)) {
    std::string name = entry->path().filename().string();
    if (!name.starts_with('.')) names.push_back(std::move(name));
  }
  std::sort(names.begin(), names.end());
  return names;
}

void each_manifest(const fs::path& folder, const Visit& visit) {
  visit_level(folder, "", 0, visit);
}

}  // namespace cria::registry
