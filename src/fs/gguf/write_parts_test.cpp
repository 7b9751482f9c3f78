// A model written in parts reads as the same model.
#include "fs/gguf/write_parts.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cstring>
#include <filesystem>

#include "fs/gguf/gguf.h"
#include "tests/support/expect_error.h"
#include "tests/support/temporary_folder.h"

namespace cria::gguf {
namespace {

using Code = Error::Code;

// F32 vectors of so many elements, element i of tensor t being 100 t + i.
Writer model_of(const std::vector<int64_t>& sizes) {
  Writer model(64);
  model.metadata("general.architecture", std::string("llama"));
  for (size_t t = 0; t < sizes.size(); ++t) {
    model.tensor({concat("t", t), 0, {sizes[t]}, [t, n = sizes[t]](const Sink& sink) {
                    for (int64_t i = 0; i < n; ++i) {
                      const float value = static_cast<float>(100 * static_cast<int64_t>(t) + i);
                      sink(std::as_bytes(std::span(&value, 1)));
                    }
                  }});
  }
  return model;
}

std::vector<std::string> files_in(const test::TemporaryFolder& folder) {
  std::vector<std::string> names;
  for (const auto& entry : std::filesystem::directory_iterator(folder.path()))
    names.push_back(entry.path().filename().string());
  std::sort(names.begin(), names.end());
  return names;
}

TEST(GgufParts, HoldAsManyTensorsAsFit) {
  const test::TemporaryFolder folder;
  // 24 bytes: t0 and t1; t2 is larger than a part may be; t3.
  const Writer model = model_of({2, 4, 9, 1});
  std::vector<std::string> seen;
  std::vector<uint64_t> done;
  write_parts(model, folder.file("m.gguf"), 24,
              {.progress =
                   [&](uint64_t now, uint64_t total) {
                     EXPECT_EQ(total, 64u);
                     done.push_back(now);
                     return true;
                   },
               .check =
                   [&](const std::string& path) {
                     EXPECT_EQ(File::open(path)->tensors().size(), 4u);
                     EXPECT_EQ(files_in(folder).size(), 1u) << "nothing has its name yet";
                   }});
  const std::vector<std::string> expected = {"m-00001-of-00003.gguf", "m-00002-of-00003.gguf",
                                             "m-00003-of-00003.gguf"};
  EXPECT_EQ(files_in(folder), expected);
  EXPECT_EQ(done.back(), 64u);
  EXPECT_TRUE(std::is_sorted(done.begin(), done.end()));
  const std::unique_ptr<File> file = File::open(folder.file(expected[1]));
  EXPECT_EQ(file->text("general.architecture"), "llama");
  ASSERT_EQ(file->tensors().size(), 4u);
  const std::span<const std::byte> data = file->tensors()[2].data;
  ASSERT_EQ(data.size(), 36u);
  float last = 0;
  std::memcpy(&last, &data[32], 4);
  EXPECT_EQ(last, 208);
}

TEST(GgufParts, AreOneFileWhenAllFits) {
  const test::TemporaryFolder folder;
  write_parts(model_of({2, 4}), folder.file("m.gguf"), 24, {});
  EXPECT_EQ(files_in(folder), std::vector<std::string>{"m.gguf"});
  EXPECT_FALSE(File::open(folder.file("m.gguf"))->integer("split.count").has_value());
  EXPECT_EQ(part_paths(model_of({2, 4}), "x.gguf", 0), std::vector<std::string>{"x.gguf"});
}

TEST(GgufParts, LeaveNothingWhenTheyAreRefused) {
  const test::TemporaryFolder folder;
  const auto refuse = [](const std::string&) { fail(Code::kCorrupt, "not as it should be"); };
  test::expect_error(
      [&] {
        write_parts(model_of({2, 4}), folder.file("m.gguf"), 16, {.progress = {}, .check = refuse});
      },
      Code::kCorrupt, {"not as it should be"});
  EXPECT_TRUE(files_in(folder).empty());
}

TEST(GgufParts, AreNoMoreThanANameCanCount) {
  test::expect_error([&] { part_paths(model_of(std::vector<int64_t>(100000, 1)), "m.gguf", 4); },
                     Code::kInvalidArgument, {"m.gguf", "100000 parts", "99999"});
}

}  // namespace
}  // namespace cria::gguf
