#include "quantize/importance.h"

#include <gtest/gtest.h>

#include <cstring>
#include <fstream>

#include "fs/gguf/gguf.h"
#include "tests/support/expect_error.h"
#include "tests/support/temporary_folder.h"

namespace cria::quantize {
namespace {

using Code = Error::Code;

void append(std::string& to, const void* bytes, size_t size) {
  to.append(static_cast<const char*>(bytes), size);
}
void append(std::string& to, int32_t number) { append(to, &number, sizeof(number)); }

// An entry of the older form.
std::string entry(const std::string& name, int32_t calls, const std::vector<float>& sums) {
  std::string bytes;
  append(bytes, static_cast<int32_t>(name.size()));
  bytes += name;
  append(bytes, calls);
  append(bytes, static_cast<int32_t>(sums.size()));
  append(bytes, sums.data(), sums.size() * sizeof(float));
  return bytes;
}

std::string save(const test::TemporaryFolder& folder, const std::string& bytes) {
  std::string path = folder.file("matrix.dat");
  std::ofstream(path, std::ios::binary) << bytes;
  return path;
}

TEST(Importance, IsTheMeanSquareOfActivations) {
  ImportanceMatrix::Entry entry{.sums = std::vector<float>(4), .counts = std::vector<float>(2)};
  entry.add(0, std::vector<float>{1, 2});
  entry.add(0, std::vector<float>{3, 0});
  EXPECT_EQ(entry.means(), (std::vector<float>{5, 2, 1, 1}));  // the second was never used
}

TEST(Importance, SurvivesItsFile) {
  const test::TemporaryFolder folder;
  const std::string path = folder.file("matrix.gguf");
  ImportanceMatrix matrix;
  matrix.entries["blk.0.attn_q.weight"] = {.sums = {1, 2, 3}, .counts = {4}};
  matrix.entries["blk.0.ffn_up_exps.weight"] = {.sums = {1, 2, 3, 4}, .counts = {5, 0}};
  matrix.datasets = {"text.txt"};
  matrix.chunks = 7;
  matrix.chunk_size = 512;
  write_importance(matrix, path);
  const ImportanceMatrix read = read_importance(path);
  ASSERT_EQ(read.entries.size(), 2u);
  EXPECT_EQ(read.entries.at("blk.0.attn_q.weight").sums, (std::vector<float>{1, 2, 3}));
  EXPECT_EQ(read.entries.at("blk.0.ffn_up_exps.weight").counts, (std::vector<float>{5, 0}));
  EXPECT_EQ(read.datasets, matrix.datasets);
  EXPECT_EQ(read.chunks, 7u);
  EXPECT_EQ(read.chunk_size, 512u);
  // As other readers expect it.
  const auto file = gguf::File::open(path);
  EXPECT_EQ(file->text("general.type"), "imatrix");
  for (const gguf::TensorInfo& tensor : file->tensors()) {
    if (tensor.name == "blk.0.ffn_up_exps.weight.in_sum2") {
      EXPECT_EQ(tensor.dims, (std::vector<int64_t>{2, 2}));
    }
    if (tensor.name == "blk.0.ffn_up_exps.weight.counts") {
      EXPECT_EQ(tensor.dims, (std::vector<int64_t>{2, 1}));
    }
  }
}

TEST(Importance, IsReadFromTheOlderForm) {
  const test::TemporaryFolder folder;
  std::string bytes;
  append(bytes, 2);
  bytes += entry("blk.0.attn_q.weight", 2, {4, 8});
  bytes += entry("output.weight", 1, {3});
  const ImportanceMatrix bare = read_importance(save(folder, bytes));
  EXPECT_EQ(bare.entries.at("blk.0.attn_q.weight").means(), (std::vector<float>{2, 4}));
  append(bytes, 9);
  append(bytes, 4);
  bytes += "text";
  const ImportanceMatrix whole = read_importance(save(folder, bytes));
  EXPECT_EQ(whole.chunks, 9u);
  EXPECT_EQ(whole.datasets, std::vector<std::string>{"text"});
}

TEST(Importance, OfABrokenFileIsRefused) {
  const test::TemporaryFolder folder;
  const auto refuses = [&](const std::string& bytes, std::string_view part) {
    const std::string path = save(folder, bytes);
    test::expect_error([&] { read_importance(path); }, Code::kCorrupt, {path, part});
  };
  refuses("", "neither GGUF nor the older form");
  refuses(std::string("\xff\xff\xff\x7f", 4), "announces 2147483647 entries");
  std::string one;
  append(one, 1);
  std::string cut = one + entry("x.weight", 1, {1, 2});
  cut.resize(cut.size() - 2);
  refuses(cut, "announces 2 sums");
  refuses(one + entry("x.weight", 1, {-1}), "\"x.weight\" holds what is no sum of squares");
  refuses(one + entry("x.weight", 1, {}), "\"x.weight\" has 0 sums");
}

}  // namespace
}  // namespace cria::quantize
