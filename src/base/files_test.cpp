#include "base/files.h"

#include <fcntl.h>
#include <gtest/gtest.h>
#include <sys/stat.h>

#include <cerrno>
#include <fstream>
#include <iterator>

#include "tests/support/expect_error.h"
#include "tests/support/temporary_folder.h"

namespace cria {
namespace {

using Code = Error::Code;
using test::expect_error;

std::string read(const std::string& path) {
  std::ifstream in(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(in), {}};
}

size_t entries(const test::TemporaryFolder& folder) {
  const std::filesystem::directory_iterator begin(folder.path());
  return static_cast<size_t>(std::distance(begin, std::filesystem::directory_iterator()));
}

TEST(AtomicFile, AppearsWholeWhenCommitted) {
  const test::TemporaryFolder folder;
  const std::string path = folder.write("weights", "old");
  {
    AtomicFile file(path);
    file.write("new ");
    file.write("content");
    EXPECT_EQ(read(path), "old");
    file.commit();
  }
  EXPECT_EQ(read(path), "new content");
  EXPECT_EQ(entries(folder), 1u);
}

TEST(AtomicFile, LeavesNothingWithoutCommit) {
  const test::TemporaryFolder folder;
  AtomicFile(folder.file("weights")).write("half");
  EXPECT_EQ(entries(folder), 0u);
}

TEST(AtomicFile, ManyAtOnceDoNotMeet) {
  const test::TemporaryFolder folder;
  AtomicFile a(folder.file("x")), b(folder.file("x"));
  a.write("a");
  b.write("b");
  b.commit();
  a.commit();
  EXPECT_EQ(read(folder.file("x")), "a");
  EXPECT_EQ(entries(folder), 1u);
}

TEST(AtomicFile, NamesTheFolderThatIsMissing) {
  const test::TemporaryFolder folder;
  expect_error([&] { AtomicFile(folder.file("none/x")); }, Code::kNotFound,
               {"none/x", "cannot open", "No such file"});
}

TEST(AtomicFile, DoesNotReplaceAFolder) {
  const test::TemporaryFolder folder;
  std::filesystem::create_directory(folder.path() / "x");
  AtomicFile file(folder.file("x"));
  expect_error([&] { file.commit(); }, Code::kInvalidArgument, {"/x", "cannot replace"});
}

TEST(FileDescriptor, RefusesAZeroByteInThePath) {
  const std::string path("/tmp/a\0b", 8);
  expect_error([&] { FileDescriptor(path, O_RDONLY); }, Code::kInvalidArgument, {"\\x00b"});
}

TEST(FailWithErrno, ChoosesTheCode) {
  const auto failing = [](int error) { return [error] { fail_with_errno("x", "y", error); }; };
  expect_error(failing(ENOENT), Code::kNotFound, {"x: y: "});
  expect_error(failing(ENOMEM), Code::kOutOfMemory, {"x: y: "});
  expect_error(failing(ENOSPC), Code::kInternal, {"x: y: No space"});
  expect_error(failing(EACCES), Code::kInvalidArgument, {"x: y: Permission"});
}

}  // namespace
}  // namespace cria
