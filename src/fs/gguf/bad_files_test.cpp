// Files that are broken by accident or on purpose: each is refused with a message that names the
// place.
#include <gtest/gtest.h>

#include <filesystem>
#include <limits>

#include "fs/gguf/gguf.h"
#include "tests/support/expect_error.h"
#include "tests/support/gguf_builder.h"
#include "tests/support/temporary_folder.h"

namespace cria::gguf {
namespace {

using Code = Error::Code;
using Parts = std::initializer_list<std::string_view>;
using test::ByteWriter;
using test::expect_error;
using test::GgufBuilder;

constexpr uint64_t kMax = std::numeric_limits<uint64_t>::max();

// Through a file, as models come; the message starts with its path.
void expect_refused(std::span<const std::byte> bytes, Code code, Parts parts) {
  const test::TemporaryFolder folder;
  const std::string path = folder.write("bad.gguf", bytes);
  expect_error([&] { File::open(path); }, code, {path + ": "});
  expect_error([&] { File::open(path); }, code, parts);
}
void expect_corrupt(const GgufBuilder& file, Parts parts) {
  expect_refused(file.bytes(), Code::kCorrupt, parts);
}
void expect_other_format(std::string_view content, std::string_view what) {
  expect_refused(std::as_bytes(std::span(content)), Code::kCorrupt, {"not a GGUF file but ", what});
}

GgufBuilder complete_file() {
  return GgufBuilder()
      .metadata("general.architecture", "llama")
      .metadata("llama.block_count", uint32_t{1})
      .metadata("tokenizer.ggml.tokens", std::vector<std::string>{"<s>", "</s>", "a"})
      .metadata("tokenizer.ggml.scores", std::vector<float>{0, 0, -1})
      .tensor("token_embd.weight", {3, 8}, std::vector<float>(24, 1.0f))
      .tensor("output_norm.weight", {8}, std::vector<float>(8, 1.0f));
}

TEST(BadGguf, TruncatedAtAnyByteIsRefused) {
  const std::vector<std::byte> whole = complete_file().bytes();
  ASSERT_NO_THROW(File::parse(whole, "x"));
  for (size_t size = 0; size < whole.size(); ++size) {
    // A copy of this size, so that reading beyond it is reading beyond an allocation.
    const std::vector<std::byte> part(whole.begin(), whole.begin() + static_cast<long>(size));
    expect_error([&] { File::parse(part, "x"); }, Code::kCorrupt, {"x: "});
  }
}

TEST(BadGguf, SaysWhereItIsTruncated) {
  std::vector<std::byte> bytes = complete_file().bytes();
  bytes.resize(100);
  expect_refused(bytes, Code::kCorrupt, {"metadata 2 of 4 \"llama.block_count\"", "truncated"});
}

TEST(BadGguf, OfFourBytesIsRefused) {
  expect_refused(std::as_bytes(std::span(std::string_view("GGUF"))), Code::kCorrupt,
                 {"truncated: a number of 4 bytes at byte 4, where only 0 are left"});
}

TEST(BadGguf, OtherFormatsAreNamed) {
  expect_other_format("", "an empty file");
  expect_other_format("PK\3\4....", "a zip archive");
  expect_other_format("\x80\2}q", "a Python pickle");
  expect_other_format("<!DOCTYPE html><html>", "an HTML page");
  expect_other_format("<HTML>", "an HTML page");
  expect_other_format("version https://git-lfs.github.com/spec/v1\noid sha256:", "Git LFS");
  expect_other_format("tjgg\3\0\0\0", "GGJT");
  expect_other_format(std::string_view("\2\0\0\0\0\0\0\0{}", 10), "a safetensors file");
  expect_other_format("{\"error\": \"not found\"}", "JSON");
  expect_other_format("abc", "begins with \"abc\"");
  expect_other_format("\1\2\3\4\5", "begins with \"\\x01\\x02\\x03\\x04\"");
}

TEST(BadGguf, OtherVersionsAreUnsupported) {
  for (const uint32_t version : {0u, 1u, 4u, 1000u}) {
    expect_refused(GgufBuilder().version(version).bytes(), Code::kUnsupported,
                   {concat("GGUF version ", version, ", expected 2 or 3")});
  }
}

TEST(BadGguf, BigEndianIsUnsupported) {
  expect_refused(GgufBuilder().version(0x03000000).bytes(), Code::kUnsupported, {"big-endian"});
  expect_refused(GgufBuilder().magic("FUGG").bytes(), Code::kUnsupported, {"big-endian"});
}

TEST(BadGguf, HugeCountsAreRefusedBeforeAnythingIsAllocated) {
  // 2^64 / 24 + 1 tensors: the product with their size wraps around to something small.
  for (const uint64_t count : {kMax, kMax / 24 + 1, uint64_t{1} << 40, uint64_t{5}}) {
    expect_corrupt(GgufBuilder().claim_counts(count, 0),
                   {concat("announces ", count, " tensors"), "only 16 bytes are left"});
    expect_corrupt(GgufBuilder().claim_counts(0, count),
                   {concat("announces ", count, " metadata entries"), "only 8 bytes are left"});
  }
}

// Files with holes, which are small on the disk.
TEST(BadGguf, MemoryIsBoundedWhateverTheSizeOfTheFile) {
  const test::TemporaryFolder folder;
  const auto expect = [&](const GgufBuilder& file, std::string_view part) {
    const std::string path = folder.write("hollow.gguf", file.bytes());
    std::filesystem::resize_file(path, uint64_t{1} << 36);
    expect_error([&] { File::open(path); }, Code::kCorrupt, {path + ": ", part});
  };
  expect(GgufBuilder().claim_counts(5'000'000, 0),
         "announces 5000000 tensors, expected at most 1048576");
  expect(GgufBuilder().claim_counts(0, 5'000'000),
         "announces 5000000 metadata entries, expected at most 65536");
  expect(GgufBuilder().claim_counts(1 << 20, 0), "tensor 1 of 1048576: has an empty name");
  for (const uint32_t type : {0u, 7u, 8u, 10u}) {
    const auto array = ByteWriter().number(type).number(uint64_t{30'000'000}).bytes();
    expect(GgufBuilder().raw_metadata("key", GgufBuilder::kArrayType, array),
           "\"key\": announces 30000000 array elements, expected at most 16777216");
  }
  // Together they may be no more, either.
  const auto half = ByteWriter().number(uint32_t{0}).number(uint64_t{9'000'000}).bytes();
  GgufBuilder file;
  file.raw_metadata("one", GgufBuilder::kArrayType,
                    ByteWriter().raw(half).raw(std::vector<std::byte>(9'000'000)).bytes());
  file.raw_metadata("two", GgufBuilder::kArrayType, half);
  expect(file, "\"two\": announces 9000000 array elements, expected at most 7777216");
}

TEST(BadGguf, SumsOfSizesDoNotWrap) {
  const std::vector<std::byte> data(64);
  const uint64_t large = uint64_t{1} << 62;
  expect_corrupt(GgufBuilder()
                     .tensor("a", 24, {large}, data, 0)
                     .tensor("b", 24, {large}, data, large)
                     .tensor("c", 24, {large}, data, 2 * large)
                     .tensor("d", 24, {large}, data, 3 * large),
                 {"4 problems:", "tensor \"a\": data of 4611686018427387904 bytes",
                  "tensor \"d\": data of 4611686018427387904 bytes", "beyond the end"});
}

TEST(BadGguf, MoreThingsThanThereAreIsTruncated) {
  const std::vector<std::byte> data(1000, std::byte{0xff});  // read as the length of a name
  expect_corrupt(GgufBuilder().alignment(8).tensor("abc", 24, {1000}, data).claim_counts(2, 1),
                 {"tensor 2 of 2: truncated: a string of "});
}

TEST(BadGguf, StringsAndArraysLongerThanTheFileAreRefused) {
  for (const uint64_t length : {kMax, kMax - 7, uint64_t{1} << 62, uint64_t{1000}}) {
    const std::vector<std::byte> string = ByteWriter().number(length).bytes();
    expect_corrupt(GgufBuilder().raw_metadata("key", 8, string),
                   {"metadata 1 of 1 \"key\"", concat("a string of ", length, " bytes")});
    const std::vector<std::byte> numbers = ByteWriter().number(uint32_t{6}).number(length).bytes();
    expect_corrupt(GgufBuilder().raw_metadata("key", GgufBuilder::kArrayType, numbers),
                   {"metadata 1 of 1 \"key\"", concat("announces ", length, " array elements")});
    const std::vector<std::byte> texts = ByteWriter().number(uint32_t{8}).number(length).bytes();
    expect_corrupt(GgufBuilder().raw_metadata("key", GgufBuilder::kArrayType, texts),
                   {"metadata 1 of 1 \"key\"", concat("announces ", length, " array elements")});
  }
}

TEST(BadGguf, AKeyOrNameLongerThanTheFileIsRefused) {
  ByteWriter file;
  file.raw("GGUF").number(uint32_t{3}).number(uint64_t{0}).number(uint64_t{1});
  file.number(kMax).raw("key and more");
  expect_refused(file.bytes(), Code::kCorrupt, {"metadata 1 of 1: truncated: a string of "});
}

TEST(BadGguf, UnknownValueTypesAreRefused) {
  expect_corrupt(GgufBuilder().raw_metadata("key", 13, {}),
                 {"metadata 1 of 1 \"key\": value type 13, expected 0 to 12"});
  const std::vector<std::byte> array = ByteWriter().number(uint32_t{99}).number(kMax).bytes();
  expect_corrupt(GgufBuilder().raw_metadata("key", GgufBuilder::kArrayType, array),
                 {"value type 99"});
}

TEST(BadGguf, ArraysOfArraysAreRefused) {
  ByteWriter nested;
  for (int depth = 0; depth < 100000; ++depth)
    nested.number(GgufBuilder::kArrayType).number(uint64_t{1});
  expect_corrupt(GgufBuilder().raw_metadata("key", GgufBuilder::kArrayType, nested.bytes()),
                 {"\"key\": an array of arrays"});
}

TEST(BadGguf, BooleansAreZeroOrOne) {
  expect_corrupt(GgufBuilder().raw_metadata("key", 7, ByteWriter().number(uint8_t{2}).bytes()),
                 {"\"key\": a boolean is 2, expected 0 or 1"});
}

TEST(BadGguf, DuplicateAndEmptyKeysAreProblems) {
  expect_corrupt(GgufBuilder().metadata("key", true).metadata("key", uint8_t{1}),
                 {"metadata 2 of 2: \"key\" is there twice"});
  expect_corrupt(GgufBuilder().metadata("", true), {"metadata 1 of 1: has an empty key"});
}

TEST(BadGguf, DimensionsAreOneToFourPositiveNumbers) {
  const std::vector<std::byte> data(64);
  expect_corrupt(GgufBuilder().tensor("t", 0, {1, 1, 1, 1, 1}, data),
                 {"tensor 1 of 1 \"t\": has 5 dimensions, expected at most 4"});
  expect_corrupt(GgufBuilder().tensor("t", 0, std::vector<uint64_t>(1000, 1), data),
                 {"has 1000 dimensions"});
  expect_corrupt(GgufBuilder().tensor("t", 0, {2, 0}, data), {"tensor \"t\": dimensions [2, 0]"});
  expect_corrupt(GgufBuilder().tensor("t", 0, {kMax}, data), {"tensor \"t\": dimensions [-1]"});
}

TEST(BadGguf, ProductsOfDimensionsDoNotWrap) {
  const std::vector<std::byte> data(64);
  const uint64_t half = uint64_t{1} << 32;
  const auto expect_too_large = [&](uint32_t type, const std::vector<uint64_t>& dims) {
    expect_corrupt(GgufBuilder().tensor("t", type, dims, data), {"tensor \"t\"", "too large"});
  };
  expect_too_large(0, {uint64_t{1} << 62});       // times four bytes: 2^64
  expect_too_large(0, {half, half});              // 2^64 elements
  expect_too_large(0, {half, half, half, half});  // 2^128
  expect_too_large(24, {half, half / 2});         // 2^63 bytes
  expect_too_large(2, {uint64_t{1} << 62, 32});   // 2^67 elements
  // 2^62 elements of half a byte are a number, but not the size of this file.
  expect_corrupt(GgufBuilder().tensor("t", 2, {uint64_t{1} << 51, 32}, data), {"beyond the end"});
}

TEST(BadGguf, RowsAreWholeBlocks) {
  const std::vector<std::byte> data(64);
  expect_corrupt(GgufBuilder().tensor("t", 2, {32, 33}, data),
                 {"tensor \"t\": rows of 33 elements, q4_0 needs a multiple of 32"});
  expect_corrupt(GgufBuilder().tensor("t", 12, {}, data), {"rows of 1 elements, q4_k"});
}

TEST(BadGguf, UnknownTensorTypesAreProblems) {
  const std::vector<std::byte> data(64);
  for (const uint32_t type : {5u, 31u, 38u, 42u, 1000u, 0xffffffffu}) {
    expect_corrupt(GgufBuilder().tensor("t", type, {32}, data),
                   {concat("tensor \"t\": type ", type, " is unknown")});
  }
}

TEST(BadGguf, TheAlignmentIsAPowerOfTwo) {
  const auto with = [](auto alignment) {
    return GgufBuilder().metadata("general.alignment", alignment).tensor("t", {1}, {1});
  };
  for (const uint32_t alignment : {0u, 1u, 4u, 33u, 0xffffffffu}) {
    expect_corrupt(with(alignment), {concat("general.alignment is integer ", alignment),
                                     "expected a power of two from 8 to 2147483648"});
  }
  expect_corrupt(with(uint64_t{1} << 63), {"general.alignment is integer 9223372036854775808"});
  expect_corrupt(with(int32_t{-32}), {"general.alignment is integer -32"});
  expect_corrupt(with(32.0f), {"general.alignment is real 32"});
  expect_corrupt(with(std::string("32")), {"general.alignment is text \"32\""});
  expect_corrupt(with(std::vector<uint32_t>{32}), {"general.alignment is array of 1 integers"});
  // A power of two larger than the file leaves no room for data.
  expect_corrupt(with(uint32_t{1} << 31),
                 {"tensor \"t\"", "beyond the end", "has 0 bytes of data"});
}

TEST(BadGguf, TensorDataLiesInTheFile) {
  const std::vector<std::byte> data(64);
  const auto at = [&](uint64_t offset) { return GgufBuilder().tensor("t", 0, {16}, data, offset); };
  ASSERT_NO_THROW(File::parse(at(0).bytes(), "x"));
  expect_corrupt(at(32), {"tensor \"t\": data of 64 bytes at offset 32 goes beyond the end",
                          "has 64 bytes of data"});
  expect_corrupt(at(kMax - 31), {"tensor \"t\"", "beyond the end"});  // the sum wraps to 32
  expect_corrupt(at(uint64_t{1} << 63), {"tensor \"t\"", "beyond the end"});
}

TEST(BadGguf, TensorDataIsAligned) {
  const std::vector<std::byte> data(64);
  expect_corrupt(GgufBuilder().tensor("t", 0, {4}, data, 4),
                 {"tensor \"t\": data at offset 4, expected a multiple of the alignment 32"});
}

TEST(BadGguf, TensorsDoNotOverlap) {
  const std::vector<std::byte> data(64);
  expect_corrupt(GgufBuilder().tensor("b", 0, {8}, data, 32).tensor("a", 0, {16}, data, 0),
                 {"tensor \"b\": data at offset 32 overlaps tensor \"a\", which takes 64 bytes "
                  "from offset 0"});
  expect_corrupt(GgufBuilder().tensor("a", 0, {1}, data, 0).tensor("b", 0, {1}, data, 0),
                 {"overlaps"});
}

TEST(BadGguf, DuplicateAndEmptyTensorNamesAreProblems) {
  expect_corrupt(GgufBuilder().tensor("t", {1}, {1}).tensor("u", {1}, {1}).tensor("t", {1}, {1}),
                 {"tensor \"t\" is there twice"});
  expect_corrupt(GgufBuilder().tensor("", {1}, {1}), {"tensor 1 of 1: has an empty name"});
}

TEST(BadGguf, AllProblemsAreReportedAtOnce) {
  const std::vector<std::byte> data(64);
  expect_corrupt(GgufBuilder()
                     .metadata("twice", true)
                     .metadata("twice", true)
                     .metadata("general.alignment", uint32_t{0})
                     .tensor("odd", 2, {31}, data)
                     .tensor("new", 77, {32}, data)
                     .tensor("deep", 0, {1, 1, 1, 1, 1}, data),
                 {"5 problems:", "\"twice\" is there twice", "general.alignment is integer 0",
                  "\"odd\": rows of 31", "\"new\": type 77", "tensor 3 of 3 \"deep\": has 5"});
}

TEST(BadGguf, ManyProblemsAreCounted) {
  GgufBuilder file;
  for (int i = 0; i < 1000; ++i) file.tensor(concat("t", i), 77, {1}, {});
  expect_corrupt(file, {"1000 problems:", "\"t0\"", "\"t19\"", "and 980 more"});
}

TEST(BadGguf, NamesAreQuotedInMessages) {
  expect_corrupt(GgufBuilder().tensor("a\n\x1b[31m", 77, {1}, {}),
                 {"tensor \"a\\x0a\\x1b[31m\": type 77 is unknown"});
}

}  // namespace
}  // namespace cria::gguf
