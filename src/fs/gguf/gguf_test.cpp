// What a well-formed file reads as.
#include "fs/gguf/gguf.h"

#include <gtest/gtest.h>

#include <cmath>
#include <limits>

#include "fs/gguf/tensor_types.h"
#include "tests/support/expect_error.h"
#include "tests/support/gguf_builder.h"
#include "tests/support/temporary_folder.h"

namespace cria::gguf {
namespace {

using Code = Error::Code;
using test::expect_error;
using test::GgufBuilder;

// A parsed file together with its bytes.
struct Parsed {
  explicit Parsed(const GgufBuilder& builder)
      : bytes(builder.bytes()), file(File::parse(bytes, "x.gguf")) {}
  const File* operator->() const { return file.get(); }

  std::vector<std::byte> bytes;
  std::unique_ptr<File> file;
};

std::vector<float> floats(const TensorInfo& tensor) {
  std::vector<float> out(tensor.data.size() / sizeof(float));
  std::memcpy(out.data(), tensor.data.data(), tensor.data.size());
  return out;
}

TEST(Gguf, OpensAFileAndFindsItsTensors) {
  const test::TemporaryFolder folder;
  const std::string path = folder.file("x.gguf");
  GgufBuilder()
      .metadata("general.architecture", "llama")
      .tensor("a", {2, 3}, {1, 2, 3, 4, 5, 6})
      .tensor("b", {4}, {7, 8, 9, 10})
      .write(path);
  const std::unique_ptr<File> file = File::open(path);
  EXPECT_EQ(file->path(), path);
  EXPECT_EQ(file->version(), 3u);
  EXPECT_EQ(file->text("general.architecture"), "llama");
  ASSERT_EQ(file->tensors().size(), 2u);
  const TensorInfo &a = file->tensors()[0], &b = file->tensors()[1];
  EXPECT_EQ(a.name, "a");
  EXPECT_EQ(a.type, 0u);
  EXPECT_EQ(a.dims, (std::vector<int64_t>{2, 3}));
  EXPECT_EQ(floats(a), (std::vector<float>{1, 2, 3, 4, 5, 6}));
  EXPECT_EQ(b.name, "b");
  EXPECT_EQ(floats(b), (std::vector<float>{7, 8, 9, 10}));
}

TEST(Gguf, SaysThatAFileIsAbsent) {
  const test::TemporaryFolder folder;
  expect_error([&] { File::open(folder.file("none.gguf")); }, Code::kNotFound, {"none.gguf"});
}

TEST(Gguf, ReadsVersion2) { EXPECT_EQ(Parsed(GgufBuilder().version(2))->version(), 2u); }

TEST(Gguf, ReadsAFileWithoutAnything) {
  const Parsed file{GgufBuilder()};
  EXPECT_TRUE(file->metadata().empty());
  EXPECT_TRUE(file->tensors().empty());
}

TEST(Gguf, WidensAllScalarTypes) {
  const Parsed file(GgufBuilder()
                        .metadata("u8", uint8_t{200})
                        .metadata("i8", int8_t{-100})
                        .metadata("u16", uint16_t{60000})
                        .metadata("i16", int16_t{-30000})
                        .metadata("u32", uint32_t{4000000000})
                        .metadata("i32", int32_t{-2000000000})
                        .metadata("u64", std::numeric_limits<uint64_t>::max())
                        .metadata("i64", std::numeric_limits<int64_t>::min())
                        .metadata("f32", 0.5f)
                        .metadata("f64", 0.1)
                        .metadata("yes", true)
                        .metadata("no", false)
                        .metadata("text", ""));
  const auto& values = file->metadata();
  EXPECT_EQ(values.at("u8"), Value(uint64_t{200}));
  EXPECT_EQ(values.at("i8"), Value(int64_t{-100}));
  EXPECT_EQ(values.at("u16"), Value(uint64_t{60000}));
  EXPECT_EQ(values.at("i16"), Value(int64_t{-30000}));
  EXPECT_EQ(values.at("u32"), Value(uint64_t{4000000000}));
  EXPECT_EQ(values.at("i32"), Value(int64_t{-2000000000}));
  EXPECT_EQ(values.at("u64"), Value(std::numeric_limits<uint64_t>::max()));
  EXPECT_EQ(values.at("i64"), Value(std::numeric_limits<int64_t>::min()));
  EXPECT_EQ(values.at("f32"), Value(0.5));
  EXPECT_EQ(values.at("f64"), Value(0.1));
  EXPECT_EQ(values.at("yes"), Value(true));
  EXPECT_EQ(values.at("no"), Value(false));
  EXPECT_EQ(values.at("text"), Value(std::string()));
}

TEST(Gguf, WidensArrays) {
  const Parsed file(GgufBuilder()
                        .metadata("u8", std::vector<uint8_t>{1, 255})
                        .metadata("i16", std::vector<int16_t>{-1, 1})
                        .metadata("f32", std::vector<float>{0.5f, -2})
                        .metadata("bool", std::vector<bool>{true, false, true})
                        .metadata("text", std::vector<std::string>{"a", "", "\xff"})
                        .metadata("none", std::vector<uint32_t>{}));
  const auto& values = file->metadata();
  EXPECT_EQ(values.at("u8"), Value(std::vector<uint64_t>{1, 255}));
  EXPECT_EQ(values.at("i16"), Value(std::vector<int64_t>{-1, 1}));
  EXPECT_EQ(values.at("f32"), Value(std::vector<double>{0.5, -2}));
  EXPECT_EQ(values.at("bool"), Value(std::vector<bool>{true, false, true}));
  EXPECT_EQ(values.at("text"), Value(std::vector<std::string>{"a", "", "\xff"}));
  EXPECT_EQ(values.at("none"), Value(std::vector<uint64_t>{}));
}

TEST(Gguf, HonoursTheAlignment) {
  for (const uint32_t alignment : {8u, 32u, 128u, 4096u}) {
    const Parsed file(
        GgufBuilder().alignment(alignment).tensor("a", {1}, {1}).tensor("b", {2}, {2, 3}));
    EXPECT_EQ(floats(file->tensors()[1]), (std::vector<float>{2, 3})) << alignment;
    const auto start = file->tensors()[1].data.data() - file.bytes.data();
    EXPECT_EQ(start % alignment, 0) << alignment;
  }
}

TEST(Gguf, TakesATensorWithoutDimensionsForAScalar) {
  const Parsed file(GgufBuilder().tensor("scale", {}, {5}));
  EXPECT_TRUE(file->tensors()[0].dims.empty());
  EXPECT_EQ(floats(file->tensors()[0]), std::vector<float>{5});
}

TEST(Gguf, MeasuresEveryTensorType) {
  for (const TensorType& type : tensor_types()) {
    const std::vector<std::byte> data(3 * 2 * type.block_bytes);
    const Parsed file(GgufBuilder().tensor("t", type.id, {3, 2 * type.block_elements}, data));
    EXPECT_EQ(file->tensors()[0].data.size(), data.size()) << type.name;
  }
}

TEST(GgufLookup, AnswersNothingForAnAbsentKey) {
  const Parsed file{GgufBuilder()};
  EXPECT_EQ(file->integer("x"), std::nullopt);
  EXPECT_EQ(file->real("x"), std::nullopt);
  EXPECT_EQ(file->boolean("x"), std::nullopt);
  EXPECT_EQ(file->text("x"), std::nullopt);
  EXPECT_EQ(file->texts("x"), nullptr);
  EXPECT_EQ(file->integers("x"), std::nullopt);
  EXPECT_EQ(file->reals("x"), std::nullopt);
}

TEST(GgufLookup, ConvertsNumbersThatFit) {
  const Parsed file(GgufBuilder()
                        .metadata("unsigned", uint32_t{7})
                        .metadata("signed", int8_t{-7})
                        .metadata("real", 0.5f)
                        .metadata("integers", std::vector<uint16_t>{1, 2})
                        .metadata("reals", std::vector<float>{0.5f, 1}));
  EXPECT_EQ(file->integer("unsigned"), 7);
  EXPECT_EQ(file->integer("signed"), -7);
  EXPECT_EQ(file->real("unsigned"), 7.0);
  EXPECT_EQ(file->real("signed"), -7.0);
  EXPECT_EQ(file->real("real"), 0.5);
  EXPECT_EQ(file->integers("integers"), (std::vector<int64_t>{1, 2}));
  EXPECT_EQ(file->reals("integers"), (std::vector<double>{1, 2}));
  EXPECT_EQ(file->reals("reals"), (std::vector<double>{0.5, 1}));
}

TEST(GgufLookup, ReadsTextsAndBooleans) {
  const Parsed file(GgufBuilder()
                        .metadata("flag", true)
                        .metadata("tokens", std::vector<std::string>{"<s>", "a"}));
  EXPECT_EQ(file->boolean("flag"), true);
  EXPECT_EQ(*file->texts("tokens"), (std::vector<std::string>{"<s>", "a"}));
}

TEST(GgufLookup, NamesKeyValueAndExpectationOfAnotherType) {
  const Parsed file(GgufBuilder()
                        .metadata("text", "seven")
                        .metadata("count", uint32_t{1})
                        .metadata("half", 0.5f)
                        .metadata("huge", uint64_t{1} << 63)
                        .metadata("hugest", std::vector<uint64_t>{1, uint64_t{1} << 63})
                        .metadata("scores", std::vector<uint8_t>{1, 2, 3}));
  const auto expect = [&](auto look_up, std::initializer_list<std::string_view> parts) {
    expect_error(look_up, Code::kCorrupt, parts);
  };
  expect([&] { file->integer("text"); },
         {"x.gguf: text is text \"seven\", expected an integer of 64 bits"});
  expect([&] { file->integer("half"); }, {"half is real 0.5, expected an integer of 64 bits"});
  expect([&] { file->integer("huge"); }, {"huge is integer 9223372036854775808"});
  expect([&] { file->integers("hugest"); }, {"hugest is array of 2 integers"});
  expect([&] { file->integers("count"); }, {"count is integer 1, expected an array"});
  expect([&] { file->real("text"); }, {"expected a number"});
  expect([&] { file->reals("text"); }, {"expected an array of numbers"});
  expect([&] { file->boolean("count"); }, {"count is integer 1, expected a boolean"});
  expect([&] { file->text("count"); }, {"count is integer 1, expected a text"});
  expect([&] { file->texts("scores"); },
         {"scores is array of 3 integers, expected an array of texts"});
}

}  // namespace
}  // namespace cria::gguf
