// The conversion of a real checkpoint.
#include "cmd/convert.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cstdlib>
#include <filesystem>

#include "cmd/quantize.h"
#include "fs/gguf/gguf.h"
#include "tests/support/temporary_folder.h"

namespace cria::cmd {
namespace {

std::filesystem::path fixtures() {
  const char* path = std::getenv("CRIA_FIXTURES");  // NOLINT(concurrency-mt-unsafe): read only
  return path ? path : "../shared/fixtures";
}

TEST(ConvertedStories, AreTheTensorsOfTheFileThatOthersMade) {
  const std::filesystem::path folder = fixtures() / "stories260K";
  if (!std::filesystem::exists(folder)) GTEST_SKIP() << "no " << folder << " (CRIA_FIXTURES)";
  const test::TemporaryFolder temporary;
  const std::string output = temporary.file("model.gguf");
  ConvertOptions conversion;
  conversion.folder = (folder / "hf").string();
  conversion.output = output;
  ASSERT_EQ(convert(conversion), 0);
  const auto ours = gguf::File::open(output);
  const auto theirs = gguf::File::open((folder / "stories260K-f32.gguf").string());
  const auto by_name = [](const gguf::File& file) {
    std::vector<gguf::TensorInfo> tensors = file.tensors();
    std::ranges::sort(tensors, {}, &gguf::TensorInfo::name);
    return tensors;
  };
  const std::vector<gguf::TensorInfo> got = by_name(*ours), expected = by_name(*theirs);
  ASSERT_EQ(got.size(), expected.size());
  for (size_t i = 0; i < got.size(); ++i) {
    EXPECT_EQ(got[i].name, expected[i].name);
    EXPECT_EQ(got[i].type, expected[i].type) << got[i].name;
    EXPECT_EQ(got[i].dims, expected[i].dims) << got[i].name;
    EXPECT_TRUE(std::ranges::equal(got[i].data, expected[i].data)) << got[i].name;
  }
}

TEST(ConvertedStories, AreQuantizedAsTheirFileWouldBe) {
  const std::filesystem::path folder = fixtures() / "stories260K";
  if (!std::filesystem::exists(folder)) GTEST_SKIP() << "no " << folder << " (CRIA_FIXTURES)";
  const test::TemporaryFolder temporary;
  const std::string whole = temporary.file("f32.gguf"), two_steps = temporary.file("two.gguf");
  const std::string one_step = temporary.file("one.gguf");
  ConvertOptions conversion;
  conversion.folder = (folder / "hf").string();
  conversion.output = whole;
  ASSERT_EQ(convert(conversion), 0);
  ASSERT_EQ(
      quantize(
          {.input = whole, .output = two_steps, .type = "Q4_0", .overrides = {}, .imatrix = {}}),
      0);
  conversion.output = one_step;
  conversion.type = "q4_0";
  ASSERT_EQ(convert(conversion), 0);
  const auto got = gguf::File::open(one_step), expected = gguf::File::open(two_steps);
  EXPECT_EQ(got->metadata(), expected->metadata());
  ASSERT_EQ(got->tensors().size(), expected->tensors().size());
  for (size_t i = 0; i < got->tensors().size(); ++i) {
    EXPECT_EQ(got->tensors()[i].type, expected->tensors()[i].type) << got->tensors()[i].name;
    EXPECT_TRUE(std::ranges::equal(got->tensors()[i].data, expected->tensors()[i].data));
  }
}

}  // namespace
}  // namespace cria::cmd
