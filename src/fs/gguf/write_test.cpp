// What is written reads as what was meant.
#include "fs/gguf/write.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <filesystem>
#include <limits>

#include "fs/gguf/gguf.h"
#include "fs/gguf/tensor_types.h"
#include "tests/support/expect_error.h"
#include "tests/support/temporary_folder.h"

namespace cria::gguf {
namespace {

using Code = Error::Code;
using test::expect_error;

std::vector<std::byte> pattern(size_t bytes, unsigned seed) {
  std::vector<std::byte> out(bytes);
  for (size_t i = 0; i < bytes; ++i) out[i] = static_cast<std::byte>(i * 7 + seed);
  return out;
}

// Hands over `data` in pieces.
OutputTensor tensor(std::string name, uint32_t type, std::vector<int64_t> dims,
                    std::vector<std::byte> data, size_t piece = 5) {
  return {std::move(name), type, std::move(dims),
          [data = std::move(data), piece](const Sink& sink) {
            for (size_t i = 0; i < data.size(); i += piece) {
              sink(std::span(data).subspan(i, std::min(piece, data.size() - i)));
            }
          }};
}

OutputTensor small_tensor(const std::string& name) {
  return tensor(name, 0, {2}, std::vector<std::byte>(8));
}

size_t entries(const test::TemporaryFolder& folder) {
  const std::filesystem::directory_iterator begin(folder.path()), end;
  return static_cast<size_t>(std::distance(begin, end));
}

TEST(GgufWriter, WritesMetadataOfEveryType) {
  const test::TemporaryFolder folder;
  Writer writer;
  writer.metadata("u8", uint8_t{200});
  writer.metadata("i8", int8_t{-100});
  writer.metadata("u16", uint16_t{60000});
  writer.metadata("i16", int16_t{-30000});
  writer.metadata("u32", uint32_t{4000000000});
  writer.metadata("i32", int32_t{-2000000000});
  writer.metadata("f32", 0.5f);
  writer.metadata("yes", true);
  writer.metadata("text", std::string("a\0b\xff", 4));
  writer.metadata("u64", std::numeric_limits<uint64_t>::max());
  writer.metadata("i64", std::numeric_limits<int64_t>::min());
  writer.metadata("f64", 0.1);
  writer.write(folder.file("x.gguf"));
  const auto file = File::open(folder.file("x.gguf"));
  const auto& values = file->metadata();
  EXPECT_EQ(file->version(), 3u);
  EXPECT_EQ(values.size(), 12u);
  EXPECT_EQ(values.at("u8"), Value(uint64_t{200}));
  EXPECT_EQ(values.at("i8"), Value(int64_t{-100}));
  EXPECT_EQ(values.at("u16"), Value(uint64_t{60000}));
  EXPECT_EQ(values.at("i16"), Value(int64_t{-30000}));
  EXPECT_EQ(values.at("u32"), Value(uint64_t{4000000000}));
  EXPECT_EQ(values.at("i32"), Value(int64_t{-2000000000}));
  EXPECT_EQ(values.at("f32"), Value(0.5));
  EXPECT_EQ(values.at("yes"), Value(true));
  EXPECT_EQ(values.at("text"), Value(std::string("a\0b\xff", 4)));
  EXPECT_EQ(values.at("u64"), Value(std::numeric_limits<uint64_t>::max()));
  EXPECT_EQ(values.at("i64"), Value(std::numeric_limits<int64_t>::min()));
  EXPECT_EQ(values.at("f64"), Value(0.1));
}

TEST(GgufWriter, WritesArraysOfEveryType) {
  const test::TemporaryFolder folder;
  Writer writer;
  writer.metadata("u8", std::vector<uint8_t>{1, 255});
  writer.metadata("i8", std::vector<int8_t>{-1, 127});
  writer.metadata("u16", std::vector<uint16_t>{1, 65535});
  writer.metadata("i16", std::vector<int16_t>{-1, 1});
  writer.metadata("u32", std::vector<uint32_t>{1, 4000000000});
  writer.metadata("i32", std::vector<int32_t>{-1, 1});
  writer.metadata("f32", std::vector<float>{0.5f, -2});
  writer.metadata("bool", std::vector<bool>{true, false, true});
  writer.metadata("text", std::vector<std::string>{"a", "", "\xff"});
  writer.metadata("u64", std::vector<uint64_t>{1});
  writer.metadata("i64", std::vector<int64_t>{-1});
  writer.metadata("f64", std::vector<double>{0.1});
  writer.metadata("none", std::vector<uint32_t>{});
  writer.write(folder.file("x.gguf"));
  const auto file = File::open(folder.file("x.gguf"));
  const auto& values = file->metadata();
  EXPECT_EQ(values.at("u8"), Value(std::vector<uint64_t>{1, 255}));
  EXPECT_EQ(values.at("i8"), Value(std::vector<int64_t>{-1, 127}));
  EXPECT_EQ(values.at("u16"), Value(std::vector<uint64_t>{1, 65535}));
  EXPECT_EQ(values.at("i16"), Value(std::vector<int64_t>{-1, 1}));
  EXPECT_EQ(values.at("u32"), Value(std::vector<uint64_t>{1, 4000000000}));
  EXPECT_EQ(values.at("i32"), Value(std::vector<int64_t>{-1, 1}));
  EXPECT_EQ(values.at("f32"), Value(std::vector<double>{0.5, -2}));
  EXPECT_EQ(values.at("bool"), Value(std::vector<bool>{true, false, true}));
  EXPECT_EQ(values.at("text"), Value(std::vector<std::string>{"a", "", "\xff"}));
  EXPECT_EQ(values.at("u64"), Value(std::vector<uint64_t>{1}));
  EXPECT_EQ(values.at("i64"), Value(std::vector<int64_t>{-1}));
  EXPECT_EQ(values.at("f64"), Value(std::vector<double>{0.1}));
  EXPECT_EQ(values.at("none"), Value(std::vector<uint64_t>{}));
}

TEST(GgufWriter, WritesTensorsOfEveryTypeInPieces) {
  const test::TemporaryFolder folder;
  Writer writer;
  for (const TensorType& type : tensor_types()) {
    const auto row = static_cast<int64_t>(2 * type.block_elements);
    writer.tensor(
        tensor(std::string(type.name), type.id, {3, row}, pattern(6 * type.block_bytes, type.id)));
  }
  writer.tensor(tensor("scalar", 0, {}, pattern(4, 1)));
  writer.write(folder.file("x.gguf"));
  const auto file = File::open(folder.file("x.gguf"));
  ASSERT_EQ(file->tensors().size(), tensor_types().size() + 1);
  for (size_t i = 0; i < tensor_types().size(); ++i) {
    const TensorType& type = tensor_types()[i];
    const TensorInfo& info = file->tensors()[i];
    const std::vector<std::byte> expected = pattern(6 * type.block_bytes, type.id);
    EXPECT_EQ(info.name, type.name);
    EXPECT_EQ(info.type, type.id);
    EXPECT_EQ(info.dims, (std::vector<int64_t>{3, static_cast<int64_t>(2 * type.block_elements)}));
    EXPECT_TRUE(std::ranges::equal(info.data, expected)) << type.name;
  }
  EXPECT_TRUE(file->tensors().back().dims.empty());
}

TEST(GgufWriter, AlignsDataAndSaysSo) {
  const test::TemporaryFolder folder;
  for (const uint32_t alignment : {8u, 32u, 64u, 4096u}) {
    Writer writer(alignment);
    writer.tensor(tensor("a", 24, {3}, pattern(3, 1)));
    writer.tensor(tensor("b", 24, {5}, pattern(5, 2)));
    writer.write(folder.file("x.gguf"));
    const auto file = File::open(folder.file("x.gguf"));
    EXPECT_EQ(file->metadata().contains("general.alignment"), alignment != 32);
    EXPECT_EQ(file->tensors()[1].data.data() - file->tensors()[0].data.data(), alignment);
    // Whole to the end: what is appended to a file must be aligned too.
    EXPECT_EQ(std::filesystem::file_size(folder.file("x.gguf")) % alignment, 0u);
  }
  expect_error([] { Writer writer(48); }, Code::kInvalidArgument, {"alignment 48"});
  expect_error([] { Writer writer(0); }, Code::kInvalidArgument, {"alignment 0"});
  expect_error([] { Writer writer(4); }, Code::kInvalidArgument, {"alignment 4"});
}

TEST(GgufWriter, RefusesKeysThatAreTakenOrEmpty) {
  Writer writer;
  writer.metadata("key", true);
  expect_error([&] { writer.metadata("key", 1.f); }, Code::kInvalidArgument,
               {"\"key\"", "there already"});
  expect_error([&] { writer.metadata("", 1.f); }, Code::kInvalidArgument, {"0 bytes"});
  expect_error([&] { writer.metadata(std::string(65536, 'k'), 1.f); }, Code::kInvalidArgument,
               {"65536 bytes"});
}

TEST(GgufWriter, RefusesTensorsThatNoFileCanHold) {
  const test::TemporaryFolder folder;
  Writer writer;
  writer.tensor(small_tensor("twice"));
  writer.tensor(small_tensor("twice"));
  writer.tensor(small_tensor(""));
  writer.tensor(small_tensor(std::string(64, 'n')));
  writer.tensor(tensor("unknown", 99, {2}, {}));
  writer.tensor(tensor("blocks", 2, {33}, {}));
  writer.tensor(tensor("five", 0, {1, 1, 1, 1, 1}, {}));
  writer.tensor(tensor("zero", 0, {0}, {}));
  writer.tensor(tensor("huge", 0, {int64_t{1} << 40, int64_t{1} << 40}, {}));
  expect_error(
      [&] { writer.write(folder.file("x.gguf")); }, Code::kInvalidArgument,
      {"8 problems", "\"twice\" is there twice", "an empty name", "64 bytes", "type 99 is unknown",
       "multiple of 32", "5 dimensions", "each must be 1", "too large"});
  EXPECT_EQ(entries(folder), 0u);
}

TEST(GgufWriter, RefusesTensorsThatTogetherAreTooLarge) {
  const test::TemporaryFolder folder;
  Writer writer;
  for (const char* name : {"a", "b", "c", "d", "e"}) {
    writer.tensor(tensor(name, 24, {int64_t{1} << 62}, {}));
  }
  expect_error([&] { writer.write(folder.file("x.gguf")); }, Code::kInvalidArgument, {"2^64"});
}

TEST(GgufWriter, LeavesNothingWhenATensorHasAnotherSizeThanAnnounced) {
  const test::TemporaryFolder folder;
  for (const size_t bytes : {size_t{7}, size_t{9}, size_t{0}}) {
    Writer writer;
    writer.tensor(tensor("t", 0, {2}, pattern(bytes, 0)));
    expect_error([&] { writer.write(folder.file("x.gguf")); }, Code::kInternal,
                 {"x.gguf", "\"t\"", "expected 8 bytes"});
    EXPECT_EQ(entries(folder), 0u);
  }
}

TEST(GgufWriter, KeepsTheOldFileWhenWritingFails) {
  const test::TemporaryFolder folder;
  const std::string path = folder.file("x.gguf");
  Writer good;
  good.metadata("old", true);
  good.write(path);
  Writer bad;
  bad.tensor({"t", 0, {2}, [](const Sink&) { fail(Code::kCorrupt, "a broken source"); }});
  expect_error([&] { bad.write(path); }, Code::kCorrupt, {"a broken source"});
  EXPECT_EQ(File::open(path)->boolean("old"), true);
  EXPECT_EQ(entries(folder), 1u);
}

TEST(GgufWriter, ChecksTheFinishedFileBeforeItGetsItsName) {
  const test::TemporaryFolder folder;
  const std::string path = folder.file("x.gguf");
  Writer writer;
  writer.tensor(small_tensor("t"));
  bool checked = false;
  writer.write(path, {.progress = {}, .check = [&](const std::string& temporary) {
                        EXPECT_EQ(File::open(temporary)->tensors().size(), 1u);
                        EXPECT_FALSE(std::filesystem::exists(path));
                        checked = true;
                      }});
  EXPECT_TRUE(checked);
  EXPECT_TRUE(std::filesystem::exists(path));
  const auto refuse = [](const std::string&) { fail(Code::kUnsupported, "not this one"); };
  expect_error([&] { writer.write(folder.file("y.gguf"), {.progress = {}, .check = refuse}); },
               Code::kUnsupported, {"not this one"});
  EXPECT_EQ(entries(folder), 1u);
}

TEST(GgufWriter, TellsItsProgressAndCanBeCancelled) {
  const test::TemporaryFolder folder;
  Writer writer;
  writer.tensor(small_tensor("a"));
  writer.tensor(small_tensor("b"));
  std::vector<uint64_t> seen;
  writer.write(folder.file("x.gguf"), {.progress =
                                           [&](uint64_t done, uint64_t total) {
                                             EXPECT_EQ(total, 16u);
                                             seen.push_back(done);
                                             return true;
                                           },
                                       .check = {}});
  EXPECT_EQ(seen, (std::vector<uint64_t>{5, 8, 13, 16}));
  const auto cancel = [](uint64_t done, uint64_t) { return done < 8; };
  expect_error([&] { writer.write(folder.file("y.gguf"), {.progress = cancel, .check = {}}); },
               Code::kCancelled, {"y.gguf"});
  EXPECT_EQ(entries(folder), 1u);
}

TEST(GgufWriter, SaysWhereItCannotWrite) {
  Writer writer;
  expect_error([&] { writer.write("/nowhere/at/all/x.gguf"); }, Code::kNotFound, {"x.gguf"});
}

}  // namespace
}  // namespace cria::gguf
