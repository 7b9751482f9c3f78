#include "base/cores.h"

#include <gtest/gtest.h>

#include <array>

#include "tests/support/temporary_folder.h"

namespace cria {
namespace {

namespace fs = std::filesystem;

// A copy of the few files that are read.
struct System : test::TemporaryFolder {
  void file(const std::string& name, std::string_view text) {
    fs::create_directories((path() / name).parent_path());
    write(name, text);
  }
};

TEST(PhysicalCores, CountsThreadsOfACoreOnce) {
  System system;
  for (const int processor : {0, 1, 2, 3}) {
    system.file(
        "sys/devices/system/cpu/cpu" + std::to_string(processor) + "/topology/thread_siblings_list",
        processor % 2 == 0 ? "0,2\n" : "1,3\n");
  }
  EXPECT_EQ(physical_cores(system.path(), std::array{0, 1, 2, 3}), 2);
  EXPECT_EQ(physical_cores(system.path(), std::array{1, 3}), 1);
  EXPECT_EQ(physical_cores(system.path(), std::array{2}), 1);
}

TEST(PhysicalCores, CountsProcessorsOfUnknownTopologyEach) {
  const System system;
  EXPECT_EQ(physical_cores(system.path(), std::array{0, 1, 2}), 3);
  EXPECT_EQ(physical_cores(system.path(), {}), 1);
}

TEST(GrantedProcessors, AreUnlimitedWithoutControlGroups) {
  System system;
  EXPECT_EQ(granted_processors(system.path()), std::nullopt);
  system.file("proc/self/cgroup", "0::/a\n");
  system.file("sys/fs/cgroup/a/cpu.max", "max 100000\n");
  EXPECT_EQ(granted_processors(system.path()), std::nullopt);
}

TEST(GrantedProcessors, AreRoundedUp) {
  System system;
  system.file("proc/self/cgroup", "0::/a\n");
  for (const auto& [limit, granted] : {std::pair{"200000 100000\n", 2},
                                       {"200001 100000\n", 3},
                                       {"1000 100000\n", 1},
                                       {"9000000000000000000 1\n", 1 << 20}}) {
    system.file("sys/fs/cgroup/a/cpu.max", limit);
    EXPECT_EQ(granted_processors(system.path()), granted) << limit;
  }
}

TEST(GrantedProcessors, IgnoreWhatIsNotALimit) {
  System system;
  system.file("proc/self/cgroup", "0::/a\nnonsense\n");
  for (const auto limit : {"", "-1 100000", "100000 0", "100000", "many 100000"}) {
    system.file("sys/fs/cgroup/a/cpu.max", limit);
    EXPECT_EQ(granted_processors(system.path()), std::nullopt) << limit;
  }
}

TEST(GrantedProcessors, AreTheLeastOfAllEnclosingGroups) {
  System system;
  system.file("proc/self/cgroup", "0::/outer/inner\n");
  system.file("sys/fs/cgroup/outer/inner/cpu.max", "400000 100000\n");
  system.file("sys/fs/cgroup/outer/cpu.max", "300000 100000\n");
  EXPECT_EQ(granted_processors(system.path()), 3);
}

TEST(GrantedProcessors, AreFoundInTheFirstVersionToo) {
  System system;
  system.file("proc/self/cgroup", "5:memory:/m\n4:cpu,cpuacct:/a/b\n");
  system.file("sys/fs/cgroup/cpu/a/b/cpu.cfs_quota_us", "-1\n");
  system.file("sys/fs/cgroup/cpu/a/b/cpu.cfs_period_us", "100000\n");
  EXPECT_EQ(granted_processors(system.path()), std::nullopt);
  system.file("sys/fs/cgroup/cpu/a/cpu.cfs_quota_us", "150000\n");
  system.file("sys/fs/cgroup/cpu/a/cpu.cfs_period_us", "100000\n");
  EXPECT_EQ(granted_processors(system.path()), 2);
}

TEST(GrantedProcessors, AreReadAtTheMountWhereTheGroupIsNotVisible) {
  System system;
  system.file("proc/self/cgroup", "4:cpu:/docker/0123\n");
  system.file("sys/fs/cgroup/cpu/cpu.cfs_quota_us", "100000\n");
  system.file("sys/fs/cgroup/cpu/cpu.cfs_period_us", "100000\n");
  EXPECT_EQ(granted_processors(system.path()), 1);
}

TEST(UsableCores, AreAtLeastOne) { EXPECT_GE(usable_cores(), 1); }

}  // namespace
}  // namespace cria
