#include "base/cores.h"

#ifdef __linux__
#include <sched.h>
#endif

#include <algorithm>
#include <fstream>
#include <set>
#include <string>
#include <thread>
#include <vector>

#include "base/cgroup.h"

namespace cria {
namespace {

namespace fs = std::filesystem;

std::vector<int> allowed_processors() {
  std::vector<int> processors;
#ifdef __linux__
  // The kernel refuses a set that is smaller than its own.
  for (int size = CPU_SETSIZE; size <= 1 << 20; size *= 2) {
    cpu_set_t* set = CPU_ALLOC(size);
    const size_t bytes = CPU_ALLOC_SIZE(size);
    const bool known = set != nullptr && sched_getaffinity(0, bytes, set) == 0;
    for (int i = 0; known && i < size; ++i) {
      if (CPU_ISSET_S(i, bytes, set)) processors.push_back(i);
    }
    CPU_FREE(set);
    if (known) return processors;
  }
#endif
  for (unsigned i = 0; i < std::thread::hardware_concurrency(); ++i) {
    processors.push_back(static_cast<int>(i));
  }
  return processors;
}

int rounded_up(int64_t quota, int64_t period) {
  return static_cast<int>(std::clamp<int64_t>((quota - 1) / period + 1, 1, 1 << 20));
}

// Version 2 has "quota period" in one file, version 1 a file each; no limit is "max" or -1.
std::optional<int> granted_by(const fs::path& folder) {
  std::vector<int64_t> numbers = numbers_in_file(folder / "cpu.max");
  if (numbers.empty()) {
    numbers = numbers_in_file(folder / "cpu.cfs_quota_us");
    const std::vector<int64_t> period = numbers_in_file(folder / "cpu.cfs_period_us");
    numbers.insert(numbers.end(), period.begin(), period.end());
  }
  if (numbers.size() != 2 || numbers[0] <= 0 || numbers[1] <= 0) return std::nullopt;
  return rounded_up(numbers[0], numbers[1]);
}

}  // namespace

int physical_cores(const fs::path& root, std::span<const int> processors) {
  std::set<std::string> cores;
  for (const int processor : processors) {
    const std::string name = "cpu" + std::to_string(processor);
    std::ifstream file(root / "sys/devices/system/cpu" / name / "topology/thread_siblings_list");
    std::string siblings;  // such as "0,4", the same for each of them
    cores.insert(std::getline(file, siblings) && !siblings.empty() ? siblings : name);
  }
  return std::max(1, static_cast<int>(cores.size()));
}

std::optional<int> granted_processors(const fs::path& root) {
  std::optional<int> least;
  for (const fs::path& folder : cgroup_folders(root, "cpu")) {
    const std::optional<int> granted = granted_by(folder);
    if (granted) least = std::min(*granted, least.value_or(*granted));
  }
  return least;
}

int usable_cores() {
  const int cores = physical_cores("/", allowed_processors());
  return std::min(cores, granted_processors("/").value_or(cores));
}

}  // namespace cria
