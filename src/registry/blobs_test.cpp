#include "registry/blobs.h"

#include <gtest/gtest.h>
#include <sys/stat.h>
#include <unistd.h>

#include <fstream>
#include <iterator>

#include "registry/digest.h"
#include "tests/support/expect_error.h"
#include "tests/support/temporary_folder.h"

namespace cria::registry {
namespace {

using Code = Error::Code;
using test::expect_error;

const std::string kAbc = "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad";

std::string read(const std::string& path) {
  std::ifstream in(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(in), {}};
}

struct stat status(const std::string& path) {
  struct stat found {};
  EXPECT_EQ(::stat(path.c_str(), &found), 0) << path;
  return found;
}

class BlobsTest : public testing::Test {
 protected:
  size_t files() const {
    const std::filesystem::directory_iterator begin(folder_.path() / "blobs");
    return static_cast<size_t>(std::distance(begin, std::filesystem::directory_iterator()));
  }

  test::TemporaryFolder folder_;
  Blobs blobs_{folder_.path() / "blobs"};
};

TEST_F(BlobsTest, AreNamedByWhatTheyHold) {
  const Blob blob = blobs_.add("abc");
  EXPECT_EQ(blob.hex, kAbc);
  EXPECT_EQ(blob.size, 3);
  EXPECT_TRUE(blob.is_new);
  EXPECT_EQ(read(blobs_.path(kAbc)), "abc");
  EXPECT_EQ(status(blobs_.path(kAbc)).st_mode & 07777, 0644u);
  EXPECT_FALSE(blobs_.add("abc").is_new);
  EXPECT_EQ(files(), 1u);
}

TEST_F(BlobsTest, AppearOnlyWhenFinished) {
  {
    BlobWriter writer(blobs_);
    writer.write(std::as_bytes(std::span(std::string_view("ab"))));
    EXPECT_EQ(files(), 1u);  // unfinished, and nobody else may read it
    for (const auto& entry : std::filesystem::directory_iterator(folder_.path() / "blobs")) {
      EXPECT_TRUE(entry.path().filename().string().starts_with(Blobs::kTemporary));
      EXPECT_EQ(status(entry.path().string()).st_mode & 07777, 0600u);
    }
  }
  EXPECT_EQ(files(), 0u);
}

TEST_F(BlobsTest, RefuseWhatIsNotWhatWasExpected) {
  BlobWriter writer(blobs_);
  writer.write(std::as_bytes(std::span(std::string_view("abd"))));
  expect_error([&] { writer.finish(kAbc); }, Code::kInvalidArgument,
               {"digest mismatch, expected sha256:" + kAbc + ", got sha256:"});
}

TEST_F(BlobsTest, ReplaceWhatIsDamaged) {
  blobs_.add("abc");
  std::filesystem::resize_file(blobs_.path(kAbc), 1);
  EXPECT_FALSE(blobs_.contains(kAbc, 3));
  EXPECT_TRUE(blobs_.add("abc").is_new);
  EXPECT_TRUE(blobs_.contains(kAbc, 3));
  std::filesystem::resize_file(blobs_.path(kAbc), 1);
  EXPECT_TRUE(blobs_.add_file(folder_.write("model.gguf", "abc")).is_new);
  EXPECT_EQ(read(blobs_.path(kAbc)), "abc");
  EXPECT_EQ(files(), 1u);
}

TEST_F(BlobsTest, ShareTheUsersFile) {
  const std::string path = folder_.write("model.gguf", "abc");
  EXPECT_TRUE(blobs_.add_file(path).is_new);
  EXPECT_FALSE(blobs_.add_file(path).is_new);
  EXPECT_EQ(read(blobs_.path(kAbc)), "abc");
  EXPECT_EQ(files(), 1u);
  std::filesystem::remove(path);
  EXPECT_EQ(read(blobs_.path(kAbc)), "abc");
}

TEST_F(BlobsTest, AreCopiedFromAnotherFileSystem) {
  const std::string path = "/dev/shm/cria-blobs-test-" + std::to_string(getpid());
  std::ofstream(path, std::ios::binary) << "abc";
  struct stat here {
  }, there{};
  const bool two = ::stat(path.c_str(), &there) == 0 &&
                   ::stat(folder_.path().c_str(), &here) == 0 && here.st_dev != there.st_dev;
  if (!two) GTEST_SKIP() << "there is but one file system";
  EXPECT_TRUE(blobs_.add_file(path).is_new);
  EXPECT_FALSE(blobs_.add_file(path).is_new);
  std::filesystem::remove(path);
  EXPECT_EQ(read(blobs_.path(kAbc)), "abc");
  EXPECT_EQ(files(), 1u);
}

TEST_F(BlobsTest, TakeNothingButFiles) {
  const std::string pipe = folder_.file("pipe");
  ASSERT_EQ(mkfifo(pipe.c_str(), 0600), 0);
  for (const std::string& path : {pipe, std::string("/dev/zero"), folder_.path().string()})
    expect_error([&] { blobs_.add_file(path); }, Code::kInvalidArgument,
                 {path + ": is no regular file"});
  expect_error([&] { blobs_.add_file(folder_.file("none")); }, Code::kNotFound, {"none"});
}

TEST_F(BlobsTest, StopWhenToldTo) {
  const std::string path = folder_.write("model.gguf", "abc");
  expect_error([&] { blobs_.add_file(path, [](uint64_t, uint64_t) { return false; }); },
               Code::kCancelled, {"cancelled"});
  EXPECT_FALSE(blobs_.contains(kAbc, 3));
}

TEST_F(BlobsTest, AdoptWhatWasWrittenInTheStore) {
  const std::string path = blobs_.scratch_path();
  std::ofstream(path, std::ios::binary) << "abc";
  EXPECT_TRUE(blobs_.adopt(path).is_new);
  std::ofstream(path, std::ios::binary) << "abc";
  EXPECT_FALSE(blobs_.adopt(path).is_new);
  EXPECT_EQ(read(blobs_.path(kAbc)), "abc");
  EXPECT_EQ(status(blobs_.path(kAbc)).st_mode & 07777, 0644u);
  EXPECT_EQ(files(), 1u);
}

TEST(Digest, HasExactlySixtyFourDigits) {
  EXPECT_EQ(parse_digest("sha256:" + kAbc), kAbc);
  EXPECT_EQ(parse_digest("sha256-" + kAbc), kAbc);
  std::string upper = kAbc;
  upper[0] = 'B';
  EXPECT_EQ(parse_digest("sha256:" + upper), kAbc);
  const std::string bad_ones[] = {std::string(),
                                  kAbc,
                                  "sha256:" + kAbc + "0",
                                  "sha256:" + kAbc.substr(1),
                                  "md5:" + kAbc,
                                  "sha256:" + kAbc + "/../x",
                                  "sha256:../../../../../../../etc/passwd",
                                  "sha256-" + kAbc.substr(0, 61) + "/..",
                                  "SHA256:" + kAbc,
                                  " sha256:" + kAbc,
                                  "sha256_" + kAbc,
                                  "sha256:" + kAbc.substr(0, 63) + std::string(1, '\0')};
  for (const std::string& bad : bad_ones)
    expect_error([&] { parse_digest(bad); }, Code::kInvalidArgument, {"invalid digest format"});
}

}  // namespace
}  // namespace cria::registry
