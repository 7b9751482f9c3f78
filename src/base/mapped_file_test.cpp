#include "base/mapped_file.h"

#include <gtest/gtest.h>
#include <sys/stat.h>

#include <type_traits>
#include <utility>

#include "tests/support/expect_error.h"
#include "tests/support/temporary_folder.h"

namespace cria {
namespace {

using Code = Error::Code;
using test::expect_error;

std::string_view text(const MappedFile& file) {
  return {reinterpret_cast<const char*>(file.bytes().data()), file.bytes().size()};
}

TEST(MappedFile, ShowsTheBytesOfTheFile) {
  const test::TemporaryFolder folder;
  const MappedFile file(folder.write("x", "hello"));
  file.advise(MappedFile::Use::kSequential);
  file.advise(MappedFile::Use::kSoon);
  EXPECT_EQ(text(file), "hello");
}

TEST(MappedFile, IsAnEmptySpanForAnEmptyFile) {
  const test::TemporaryFolder folder;
  const MappedFile file(folder.write("x", ""));
  file.advise(MappedFile::Use::kSoon);
  EXPECT_TRUE(file.bytes().empty());
}

TEST(MappedFile, MovesButDoesNotCopy) {
  static_assert(!std::is_copy_constructible_v<MappedFile> &&
                !std::is_copy_assignable_v<MappedFile>);
  const test::TemporaryFolder folder;
  MappedFile a(folder.write("a", "one")), b(folder.write("b", "two"));
  a = std::move(b);
  const MappedFile c(std::move(a));
  EXPECT_EQ(text(c), "two");
}

TEST(MappedFile, SaysThatAFileIsAbsent) {
  const test::TemporaryFolder folder;
  expect_error([&] { MappedFile(folder.file("none")); }, Code::kNotFound,
               {"/none: cannot open: No such file"});
  const std::string file = folder.write("file", "x");
  expect_error([&] { MappedFile(file + "/x"); }, Code::kNotFound, {"/file/x: cannot open"});
}

TEST(MappedFile, RefusesWhatIsNoRegularFile) {
  const test::TemporaryFolder folder;
  const std::string pipe = folder.file("pipe");
  ASSERT_EQ(mkfifo(pipe.c_str(), 0600), 0);
  expect_error([&] { MappedFile file(pipe); }, Code::kInvalidArgument,
               {"/pipe: is a pipe, expected a regular file"});
  expect_error([&] { MappedFile(folder.path().string()); }, Code::kInvalidArgument,
               {"is a folder"});
  expect_error([] { MappedFile("/dev/zero"); }, Code::kInvalidArgument, {"/dev/zero: is a device"});
}

}  // namespace
}  // namespace cria
