#include "base/memory.h"

#include <gtest/gtest.h>

#include "tests/support/temporary_folder.h"

namespace cria {
namespace {

constexpr int64_t kMebi = 1 << 20;

struct System : test::TemporaryFolder {
  void file(const std::string& name, std::string_view text) {
    std::filesystem::create_directories((path() / name).parent_path());
    write(name, text);
  }
  System() { file("proc/meminfo", "MemTotal:   2097152 kB\nMemAvailable:    1048576 kB\n"); }
};

TEST(AvailableMemory, IsWhatTheSystemSays) {
  EXPECT_EQ(available_memory(System().path()), 1024 * kMebi);
}

TEST(AvailableMemory, IsNoMoreThanWhatIsLeftOfTheGroupsLimit) {
  System system;
  system.file("proc/self/cgroup", "0::/a/b\n");
  system.file("sys/fs/cgroup/a/b/memory.max", "max\n");
  system.file("sys/fs/cgroup/a/b/memory.current", "1048576\n");
  EXPECT_EQ(available_memory(system.path()), 1024 * kMebi);
  system.file("sys/fs/cgroup/a/memory.max", "104857600\n");     // 100 MiB
  system.file("sys/fs/cgroup/a/memory.current", "62914560\n");  // 60 MiB
  EXPECT_EQ(available_memory(system.path()), 40 * kMebi);
  system.file("sys/fs/cgroup/a/memory.stat", "anon 1\ninactive_file_x 7\ninactive_file 10485760\n");
  EXPECT_EQ(available_memory(system.path()), 50 * kMebi);
  system.file("sys/fs/cgroup/a/memory.current", "209715200\n");  // more than the limit
  EXPECT_EQ(available_memory(system.path()), 0);
}

TEST(AvailableMemory, KnowsTheFirstVersionOfGroups) {
  System system;
  system.file("proc/self/cgroup", "4:memory:/a\n");
  system.file("sys/fs/cgroup/memory/a/memory.limit_in_bytes", "9223372036854771712\n");
  system.file("sys/fs/cgroup/memory/a/memory.usage_in_bytes", "62914560\n");
  EXPECT_EQ(available_memory(system.path()), 1024 * kMebi);
  system.file("sys/fs/cgroup/memory/a/memory.limit_in_bytes", "104857600\n");
  EXPECT_EQ(available_memory(system.path()), 40 * kMebi);
}

TEST(AvailableMemory, IsSomethingHere) { EXPECT_GT(available_memory(), 0); }

}  // namespace
}  // namespace cria
