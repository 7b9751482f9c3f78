// Models in several files: opened by any of them, refused when the files do not belong together.
#include <gtest/gtest.h>

#include "fs/gguf/gguf.h"
#include "tests/support/expect_error.h"
#include "tests/support/gguf_builder.h"
#include "tests/support/temporary_folder.h"

namespace cria::gguf {
namespace {

using Code = Error::Code;
using Parts = std::initializer_list<std::string_view>;
using test::expect_error;
using test::GgufBuilder;

GgufBuilder part(uint16_t index, uint16_t count) {
  GgufBuilder file;
  return file.metadata("split.no", index).metadata("split.count", count);
}

// A model of three parts, whose parts a test may replace.
class SplitGguf : public testing::Test {
 protected:
  SplitGguf() {
    put(0, part(0, 3).metadata("general.architecture", "llama").metadata(kTotal, int32_t{3}));
    put(1, part(1, 3).metadata(kTotal, int32_t{3}).tensor("a", {1}, {1}).tensor("b", {1}, {2}));
    put(2, part(2, 3).alignment(64).metadata(kTotal, int32_t{3}).tensor("c", {2}, {3, 4}));
  }

  std::string path(int index) const {
    return folder_.file(concat("m-0000", index + 1, "-of-00003.gguf"));
  }
  void put(int index, const GgufBuilder& file) const { file.write(path(index)); }
  void expect_refused(Code code, Parts parts) const {
    expect_error([&] { File::open(path(0)); }, code, {path(0)});
    expect_error([&] { File::open(path(0)); }, code, parts);
  }

  static constexpr const char* kTotal = "split.tensors.count";
  test::TemporaryFolder folder_;
};

TEST_F(SplitGguf, OpensByAnyPart) {
  for (const int opened : {0, 1, 2}) {
    const std::unique_ptr<File> file = File::open(path(opened));
    EXPECT_EQ(file->path(), path(0));
    EXPECT_EQ(file->text("general.architecture"), "llama");
    ASSERT_EQ(file->tensors().size(), 3u);
    const char* const names[] = {"a", "b", "c"};
    for (size_t i = 0; i < 3; ++i) EXPECT_EQ(file->tensors()[i].name, names[i]);
    float last = 0;
    ASSERT_EQ(file->tensors()[2].data.size(), 2 * sizeof(float));
    std::memcpy(&last, file->tensors()[2].data.data() + sizeof(float), sizeof(float));
    EXPECT_EQ(last, 4);
  }
}

TEST_F(SplitGguf, TakesTheMetadataOfTheFirstPartOnly) {
  put(1, part(1, 3).metadata("general.architecture", "other").tensor("a", {1}, {1}));
  put(0, part(0, 3).metadata("general.architecture", "llama"));
  put(2, part(2, 3).tensor("b", {1}, {1}));
  EXPECT_EQ(File::open(path(1))->text("general.architecture"), "llama");
}

TEST_F(SplitGguf, NamesTheMissingParts) {
  std::filesystem::remove(path(1));
  expect_refused(Code::kNotFound, {"of the 3 parts of this model 1 is missing:\n  " + path(1)});
  std::filesystem::remove(path(2));
  expect_refused(Code::kNotFound, {"2 are missing:\n  " + path(1) + "\n  " + path(2)});
}

TEST_F(SplitGguf, ManyMissingPartsAreCounted) {
  const std::string path = folder_.file("x-00001-of-65535.gguf");
  part(0, 65535).write(path);
  expect_error([&] { File::open(path); }, Code::kNotFound,
               {"of the 65535 parts of this model 65534 are missing", "and 65514 more"});
}

TEST_F(SplitGguf, NeedsTheNameOfItsPlace) {
  const std::string path = folder_.file("model.gguf");
  part(1, 3).write(path);
  expect_error([&] { File::open(path); }, Code::kInvalidArgument,
               {path + ": is part 2 of 3", "expected a name that ends in -00002-of-00003.gguf"});
  std::filesystem::copy_file(this->path(1), this->path(0),
                             std::filesystem::copy_options::overwrite_existing);
  expect_refused(Code::kInvalidArgument, {"is part 2 of 3", "-00002-of-00003.gguf"});
}

TEST_F(SplitGguf, PartsSayWhichTheyAre) {
  put(1, part(2, 3).tensor("a", {1}, {1}).tensor("b", {1}, {2}));
  expect_refused(Code::kCorrupt, {path(1) + ": split.no is 2, expected 1"});
  put(1, part(1, 4).tensor("a", {1}, {1}).tensor("b", {1}, {2}));
  expect_refused(Code::kCorrupt, {path(1) + ": split.count is 4, expected 3"});
  put(1, GgufBuilder().tensor("a", {1}, {1}).tensor("b", {1}, {2}));
  expect_refused(Code::kCorrupt, {path(1) + ": split.count is 1, expected 3"});
}

TEST_F(SplitGguf, TensorsAreAllThereAndOnce) {
  put(1, part(1, 3).tensor("a", {1}, {1}));
  expect_refused(Code::kCorrupt, {path(0) + ": split.tensors.count is 3, but the parts have 2"});
  put(1, part(1, 3).tensor("a", {1}, {1}).tensor("c", {1}, {1}));
  expect_refused(Code::kCorrupt, {path(2) + ": tensor \"c\" is also in " + path(1)});
}

TEST_F(SplitGguf, ProblemsOfAllPartsAreReportedAtOnce) {
  put(1, part(2, 3).tensor("a", {1}, {1}).tensor("c", {1}, {2}));
  put(2, part(2, 3).metadata(kTotal, int32_t{9}).tensor("c", {1}, {1}));
  expect_refused(Code::kCorrupt, {"3 problems:", "split.no", "split.tensors.count", "also in"});
}

TEST_F(SplitGguf, ABrokenPartIsNamed) {
  std::filesystem::resize_file(path(1), 4);
  expect_error([&] { File::open(path(0)); }, Code::kCorrupt, {path(1) + ": ", "truncated"});
  std::filesystem::remove(path(1));
  std::filesystem::create_directory(path(1));
  expect_error([&] { File::open(path(0)); }, Code::kInvalidArgument, {path(1) + ": is a folder"});
}

TEST_F(SplitGguf, NumbersOfPartsMakeSense) {
  const auto expect = [&](const GgufBuilder& file, std::string_view problem) {
    put(0, file);
    expect_refused(Code::kCorrupt, {problem});
  };
  expect(part(3, 3), "split.no is 3, expected 0 to 2");
  expect(part(1, 1), "split.no is 1, expected 0 to 0");
  expect(GgufBuilder().metadata("split.count", uint16_t{2}), "split.no is absent");
  expect(GgufBuilder().metadata("split.count", int32_t{-2}), "split.count is -2");
  expect(GgufBuilder().metadata("split.count", uint64_t{1} << 40), "split.count is 1099511627776");
  expect(GgufBuilder().metadata("split.count", "2"), "split.count is text \"2\"");
  expect(GgufBuilder().metadata("split.count", uint16_t{2}).metadata("split.no", 0.5f),
         "split.no is real 0.5");
}

TEST_F(SplitGguf, OnePartIsAWholeModel) {
  const std::string path = folder_.file("whole.gguf");
  part(0, 1).tensor("a", {1}, {1}).write(path);
  EXPECT_EQ(File::open(path)->tensors().size(), 1u);
  part(0, 0).tensor("a", {1}, {1}).write(path);
  EXPECT_EQ(File::open(path)->tensors().size(), 1u);
}

TEST_F(SplitGguf, BytesAloneHaveNoOtherParts) {
  const std::vector<std::byte> bytes = part(0, 3).bytes();
  expect_error([&] { File::parse(bytes, "x"); }, Code::kUnsupported, {"x: is part 1 of 3"});
}

}  // namespace
}  // namespace cria::gguf
