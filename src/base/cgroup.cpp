#include "base/cgroup.h"

#include <algorithm>
#include <charconv>
#include <fstream>
#include <string>

namespace cria {
namespace {

namespace fs = std::filesystem;

bool names(std::string_view comma_separated, std::string_view name) {
  while (!comma_separated.empty()) {
    const size_t end = std::min(comma_separated.find(','), comma_separated.size());
    if (comma_separated.substr(0, end) == name) return true;
    comma_separated.remove_prefix(std::min(end + 1, comma_separated.size()));
  }
  return false;
}

// Inside a container the path may be the one outside, which is not visible: then only the outer
// folders exist.
void append_folders(const fs::path& mount, fs::path group, std::vector<fs::path>& folders) {
  std::error_code ignored;
  group = group.relative_path().lexically_normal();
  for (; !group.empty(); group = group.parent_path()) {
    if (fs::is_directory(mount / group, ignored)) folders.push_back(mount / group);
  }
  if (fs::is_directory(mount, ignored)) folders.push_back(mount);
}

}  // namespace

std::vector<fs::path> cgroup_folders(const fs::path& root, std::string_view controller) {
  const fs::path mounts = root / "sys/fs/cgroup";
  std::vector<fs::path> folders;
  std::ifstream file(root / "proc/self/cgroup");
  for (std::string line;
       std::getline(file, line);) {  // "4:cpu,cpuacct:/a/b" or, version 2, "0::/a/b"
    const size_t first = line.find(':');
    const size_t second = first == std::string::npos ? first : line.find(':', first + 1);
    if (second == std::string::npos) continue;
    const std::string controllers = line.substr(first + 1, second - first - 1);
    const std::string group = line.substr(second + 1);
    if (controllers.empty()) {
      append_folders(mounts, group, folders);
      append_folders(mounts / "unified", group, folders);  // where both versions are mounted
    } else if (names(controllers, controller)) {
      append_folders(mounts / controller, group, folders);
    }
  }
  return folders;
}

std::vector<int64_t> numbers_in_file(const fs::path& path) {
  std::ifstream file(path);
  std::vector<int64_t> numbers;
  for (int64_t number; file >> number;) numbers.push_back(number);
  if (!file.eof()) return {};
  return numbers;
}

std::optional<int64_t> number_after(const fs::path& path, std::string_view word) {
  std::ifstream file(path);
  for (std::string line; std::getline(file, line);) {
    if (!line.starts_with(word)) continue;
    const size_t digits = line.find_first_not_of(": \t", word.size());
    if (digits == word.size() || digits == std::string::npos) continue;
    int64_t number = 0;
    const auto [end, error] =
        std::from_chars(line.data() + digits, line.data() + line.size(), number);
    if (error == std::errc()) return number;
  }
  return std::nullopt;
}

}  // namespace cria
