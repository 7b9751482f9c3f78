#include "base/memory.h"

#include <unistd.h>

#include <algorithm>
#include <optional>
#include <vector>

#include "base/cgroup.h"

namespace cria {
namespace {

namespace fs = std::filesystem;

struct FileNames {
  const char *limit, *usage, *reclaimable;
};
constexpr FileNames kVersion2 = {"memory.max", "memory.current", "inactive_file"};
constexpr FileNames kVersion1 = {"memory.limit_in_bytes", "memory.usage_in_bytes",
                                 "total_inactive_file"};

// What the group has cached of files and not used lately counts as its usage, but is dropped before
// anything fails.
std::optional<int64_t> left_of(const fs::path& folder, const FileNames& names) {
  const std::vector<int64_t> limit = numbers_in_file(folder / names.limit);
  const std::vector<int64_t> usage = numbers_in_file(folder / names.usage);
  if (limit.size() != 1 || usage.size() != 1) return std::nullopt;
  const int64_t reclaimable = number_after(folder / "memory.stat", names.reclaimable).value_or(0);
  return std::max<int64_t>(0, limit[0] - std::max<int64_t>(0, usage[0] - reclaimable));
}

int64_t available_in_system(const fs::path& root) {
  const std::optional<int64_t> kibibytes = number_after(root / "proc/meminfo", "MemAvailable");
  if (kibibytes) return *kibibytes * 1024;
  return int64_t{sysconf(_SC_PHYS_PAGES)} * sysconf(_SC_PAGESIZE);
}

}  // namespace

int64_t available_memory(const fs::path& root) {
  int64_t available = available_in_system(root);
  for (const fs::path& folder : cgroup_folders(root, "memory")) {
    for (const FileNames& names : {kVersion2, kVersion1}) {
      available = std::min(available, left_of(folder, names).value_or(available));
    }
  }
  return available;
}

int64_t available_memory() { return available_memory("/"); }

}  // namespace cria
