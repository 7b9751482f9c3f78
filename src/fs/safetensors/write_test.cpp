#include "fs/safetensors/write.h"

#include <gtest/gtest.h>

#include <cstdlib>
#include <cstring>
#include <filesystem>
#include <fstream>
#include <iterator>

#include "fs/safetensors/dtypes.h"
#include "fs/safetensors/safetensors.h"
#include "tests/support/expect_error.h"
#include "tests/support/temporary_folder.h"

namespace cria::safetensors {
namespace {

namespace filesystem = std::filesystem;
using Code = Error::Code;
using test::expect_error;

std::string text_of(const filesystem::path& path) {
  std::ifstream in(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(in), {}};
}

TEST(SafetensorsWrite, WritesWhatCanBeRead) {
  const test::TemporaryFolder folder;
  const std::string path = folder.file("x.safetensors");
  const std::vector<float> a = {1, 2, 3, 4, 5, 6}, b = {-0.5f};
  const Output outputs[] = {{"z", {2, 3}, a}, {"a \"quoted\"", {}, b}, {"empty", {0, 4}, {}}};
  write(path, outputs, {{"format", "pt"}});
  const std::unique_ptr<File> file = File::open(path);
  EXPECT_EQ(file->path(), path);
  EXPECT_EQ(file->metadata(), (TextMap{{"format", "pt"}}));
  ASSERT_EQ(file->tensors().size(), 3u);
  ASSERT_TRUE(file->find("z"));
  EXPECT_EQ(file->find("z")->dtype, "F32");
  EXPECT_EQ(file->find("z")->shape, (std::vector<int64_t>{2, 3}));
  EXPECT_EQ(file->floats("z"), a);
  EXPECT_EQ(file->floats("a \"quoted\""), b);
  EXPECT_TRUE(file->floats("empty").empty());
  EXPECT_EQ(file->find("none"), nullptr);
}

TEST(SafetensorsWrite, WritesEveryTypeAlignedToItsSize) {
  const test::TemporaryFolder folder;
  std::vector<std::byte> data(64);
  for (size_t i = 0; i < data.size(); ++i) data[i] = static_cast<std::byte>(i);
  std::vector<Output> outputs;
  for (const Dtype& dtype : dtypes()) {
    outputs.emplace_back(std::string(dtype.name), std::string(dtype.name), std::vector<int64_t>{8},
                         std::span(data).first(dtype.bits));
  }
  write(folder.file("x"), outputs, {});
  const std::unique_ptr<File> file = File::open(folder.file("x"));
  ASSERT_EQ(file->tensors().size(), dtypes().size());
  for (const TensorInfo& tensor : file->tensors()) {
    const uint64_t bits = bits_of(tensor.dtype);
    EXPECT_EQ(tensor.name, tensor.dtype);
    EXPECT_EQ(std::memcmp(tensor.data.data(), data.data(), bits), 0) << tensor.dtype;
    const auto address = reinterpret_cast<uintptr_t>(tensor.data.data());
    EXPECT_EQ(address % std::max<uint64_t>(bits / 8, 1), 0u) << tensor.dtype;
  }
}

TEST(SafetensorsWrite, OrdersTensorsBySizeOfTheirTypeAndThenByName) {
  const test::TemporaryFolder folder;
  const std::vector<std::byte> data(8);
  const std::span<const std::byte> bytes(data);
  const Output outputs[] = {{"b", "U8", {1}, bytes.first(1)},
                            {"d", "F32", {1}, bytes.first(4)},
                            {"a", "U8", {1}, bytes.first(1)},
                            {"c", "F32", {1}, bytes.first(4)},
                            {"e", "I64", {1}, bytes}};
  write(folder.file("x"), outputs, {{"k", "v"}});
  const std::string expected =
      R"({"__metadata__":{"k":"v"},"e":{"dtype":"I64","shape":[1],"data_offsets":[0,8]},)"
      R"("c":{"dtype":"F32","shape":[1],"data_offsets":[8,12]},)"
      R"("d":{"dtype":"F32","shape":[1],"data_offsets":[12,16]},)"
      R"("a":{"dtype":"U8","shape":[1],"data_offsets":[16,17]},)"
      R"("b":{"dtype":"U8","shape":[1],"data_offsets":[17,18]}})";
  const std::string header = text_of(folder.file("x")).substr(8);
  EXPECT_EQ(header.substr(0, expected.size()), expected);
  EXPECT_EQ((header.size() - 18) % 8, 0u);
}

TEST(SafetensorsWrite, RefusesWhatCannotBeRead) {
  const test::TemporaryFolder folder;
  const std::vector<float> x = {1, 2};
  const auto bytes = std::as_bytes(std::span(x));
  const auto expect = [&](const std::vector<Output>& outputs, std::string_view part) {
    expect_error([&] { write(folder.file("x"), outputs, {}); }, Code::kInvalidArgument, {part});
    expect_error([&] { write_sharded(folder.path(), outputs, 1, {}); }, Code::kInvalidArgument,
                 {part});
    EXPECT_TRUE(filesystem::is_empty(folder.path()));
  };
  expect({{"t", {3}, x}}, "tensor \"t\": has 8 bytes");
  expect({{"t", {-1, -2}, x}}, "has 8 bytes");
  expect({{"t", "F4", {3}, bytes}}, "has 8 bytes");
  expect({{"t", "F64", {int64_t{1} << 58, 1}, bytes}}, "has 8 bytes");
  expect({{"t", "F63", {1}, bytes}}, "tensor \"t\": dtype \"F63\" is unknown");
  expect({{"t", {2}, x}, {"t", "F64", {1}, bytes}}, "name is taken");
  expect({{"__metadata__", {2}, x}}, "name is taken");
  expect({{"\xff", {2}, x}}, "not UTF-8");
}

TEST(SafetensorsWrite, SharesTensorsOutInTheirOrder) {
  const test::TemporaryFolder folder;
  const std::vector<float> x(10, 1.f);
  const auto tensor = [&](const char* name, size_t count) {
    return Output(name, {static_cast<int64_t>(count)}, std::span(x).first(count));
  };
  // Of 5 floats at most: a and b, the large one alone, then c and d, which do not fit behind b.
  const Output outputs[] = {tensor("b", 2), tensor("a", 2), tensor("large", 6), tensor("c", 3),
                            tensor("d", 2)};
  write_sharded(folder.path(), outputs, 20, {{"format", "pt"}});
  const auto names = [&](int index) {
    const std::unique_ptr<File> file =
        File::open(folder.file(concat("model-0000", index, "-of-00003.safetensors")));
    EXPECT_EQ(file->metadata().at("format"), "pt");
    std::string list;
    for (const TensorInfo& info : file->tensors()) list += info.name + ' ';
    return list;
  };
  EXPECT_EQ(names(1), "large ");
  EXPECT_EQ(names(2), "a b ");
  EXPECT_EQ(names(3), "c d ");
  EXPECT_EQ(text_of(folder.file("model.safetensors.index.json")), R"({
  "metadata": {
    "total_parameters": 15,
    "total_size": 60
  },
  "weight_map": {
    "a": "model-00002-of-00003.safetensors",
    "b": "model-00002-of-00003.safetensors",
    "c": "model-00003-of-00003.safetensors",
    "d": "model-00003-of-00003.safetensors",
    "large": "model-00001-of-00003.safetensors"
  }
}
)");
}

TEST(SafetensorsWrite, NeedsNoIndexForOneFile) {
  const test::TemporaryFolder folder;
  const std::vector<float> x = {1, 2};
  const Output outputs[] = {{"a", {1}, std::span(x).first(1)}, {"b", {1}, std::span(x).last(1)}};
  write_sharded(folder.path(), outputs, 8, {});
  EXPECT_EQ(File::open(folder.file("model.safetensors"))->floats("b"), std::vector<float>{2});
  EXPECT_FALSE(filesystem::exists(folder.file("model.safetensors.index.json")));
}

TEST(SafetensorsWrite, WritesTheFilesOfTheReferenceImplementationByteForByte) {
  const char* fixtures = std::getenv("CRIA_FIXTURES");
  const filesystem::path checkpoints =
      filesystem::path(fixtures ? fixtures : "../shared/fixtures") / "hf";
  if (!filesystem::exists(checkpoints)) GTEST_SKIP() << "no fixtures in " << checkpoints;
  const test::TemporaryFolder folder;
  int compared = 0;
  for (const auto& entry : filesystem::recursive_directory_iterator(checkpoints)) {
    if (!entry.path().filename().string().starts_with("model") ||
        entry.path().extension() != ".safetensors") {
      continue;
    }
    const std::unique_ptr<File> file = File::open(entry.path());
    std::vector<Output> outputs;
    for (const TensorInfo& info : file->tensors()) {
      outputs.emplace_back(info.name, info.dtype, info.shape, info.data);
    }
    write(folder.file("x"), outputs, file->metadata());
    EXPECT_EQ(text_of(folder.file("x")), text_of(entry.path())) << entry.path();
    ++compared;
  }
  EXPECT_GT(compared, 20);
}

}  // namespace
}  // namespace cria::safetensors
