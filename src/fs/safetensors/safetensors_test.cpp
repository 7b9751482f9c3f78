#include "fs/safetensors/safetensors.h"

#include <gtest/gtest.h>

#include <cstdlib>
#include <cstring>
#include <limits>

#include "fs/safetensors/dtypes.h"
#include "tests/support/expect_error.h"
#include "tests/support/temporary_folder.h"

namespace cria::safetensors {
namespace {

using Code = Error::Code;
using Parts = std::initializer_list<std::string_view>;
using test::expect_error;

using Bytes = std::vector<std::byte>;

Bytes file_of(uint64_t length, std::string_view header, const Bytes& data) {
  Bytes bytes(sizeof(length) + header.size());
  std::memcpy(bytes.data(), &length, sizeof(length));
  if (!header.empty()) std::memcpy(bytes.data() + sizeof(length), header.data(), header.size());
  bytes.insert(bytes.end(), data.begin(), data.end());
  return bytes;
}
Bytes file_of(std::string_view header, const Bytes& data = {}) {
  return file_of(header.size(), header, data);
}

template <class T>
Bytes bytes_of(const std::vector<T>& values) {
  const auto bytes = std::as_bytes(std::span(values));
  return {bytes.begin(), bytes.end()};
}

// The header of a tensor t.
std::string tensor(std::string_view dtype, std::string_view shape, std::string_view offsets) {
  return concat(R"("t":{"dtype":")", dtype, R"(","shape":)", shape, R"(,"data_offsets":)", offsets,
                '}');
}
std::string header(std::string_view dtype, std::string_view shape, std::string_view offsets) {
  return '{' + tensor(dtype, shape, offsets) + '}';
}

// A file with the tensor t of these values, and its bytes.
struct Parsed {
  template <class T>
  Parsed(std::string_view dtype, const std::vector<T>& values)
      : bytes(file_of(header(dtype, concat('[', values.size(), ']'),
                             concat("[0,", values.size() * sizeof(T), ']')),
                      bytes_of(values))),
        file(File::parse(bytes, "x")) {}
  const File* operator->() const { return file.get(); }

  Bytes bytes;
  std::unique_ptr<File> file;
};

void expect_corrupt(const Bytes& bytes, Parts parts) {
  const test::TemporaryFolder folder;
  const std::string path = folder.write("bad.safetensors", bytes);
  expect_error([&] { File::open(path); }, Code::kCorrupt, {path + ": "});
  expect_error([&] { File::open(path); }, Code::kCorrupt, parts);
}

TEST(Safetensors, OrdersTensorsByTheirData) {
  const Bytes bytes = file_of(R"({"b":{"dtype":"U8","shape":[1],"data_offsets":[1,2]},
                                  "a":{"dtype":"U8","shape":[1],"data_offsets":[0,1]}}  )",
                              {std::byte{7}, std::byte{8}});
  const std::unique_ptr<File> file = File::parse(bytes, "x");
  EXPECT_EQ(file->tensors()[0].name, "a");
  EXPECT_EQ(file->ints("b"), std::vector<int32_t>{8});
}

TEST(Safetensors, ReadsAFileWithoutTensors) {
  EXPECT_TRUE(File::parse(file_of("{}"), "x")->tensors().empty());
  EXPECT_TRUE(File::parse(file_of(R"({"__metadata__":{}})"), "x")->tensors().empty());
}

TEST(Safetensors, ConvertsReals) {
  const std::vector<float> expected = {1, -2.5f};
  EXPECT_EQ(Parsed("F32", std::vector<float>{1, -2.5f})->floats("t"), expected);
  EXPECT_EQ(Parsed("F64", std::vector<double>{1, -2.5})->floats("t"), expected);
  EXPECT_EQ(Parsed("F16", std::vector<uint16_t>{0x3c00, 0xc100})->floats("t"), expected);
  EXPECT_EQ(Parsed("BF16", std::vector<uint16_t>{0x3f80, 0xc020})->floats("t"), expected);
}

TEST(Safetensors, ConvertsFloatsOfOneByte) {
  const std::vector<float> expected = {1, -2.5f};
  EXPECT_EQ(Parsed("F8_E4M3", std::vector<uint8_t>{0x38, 0xc2})->floats("t"), expected);
  EXPECT_EQ(Parsed("F8_E5M2", std::vector<uint8_t>{0x3c, 0xc1})->floats("t"), expected);
  EXPECT_EQ(Parsed("F8_E4M3FNUZ", std::vector<uint8_t>{0x40, 0xca})->floats("t"), expected);
  EXPECT_EQ(Parsed("F8_E5M2FNUZ", std::vector<uint8_t>{0x40, 0xc5})->floats("t"), expected);
  EXPECT_EQ(Parsed("F8_E8M0", std::vector<uint8_t>{127, 129})->floats("t"),
            (std::vector<float>{1, 4}));
}

TEST(Safetensors, ConvertsBooleansToIntegers) {
  EXPECT_EQ(Parsed("BOOL", std::vector<uint8_t>{0, 1})->ints("t"), (std::vector<int32_t>{0, 1}));
  expect_error([] { Parsed("BOOL", std::vector<uint8_t>{2})->ints("t"); }, Code::kInvalidArgument,
               {"x: tensor \"t\": holds 2, expected 0 or 1"});
}

TEST(Safetensors, ReadsEveryType) {
  for (const Dtype& dtype : dtypes()) {
    const Bytes bytes =
        file_of(header(dtype.name, "[8]", concat("[0,", dtype.bits, ']')), Bytes(dtype.bits));
    const std::unique_ptr<File> file = File::parse(bytes, "x");
    ASSERT_EQ(file->tensors().size(), 1u);
    EXPECT_EQ(file->tensors()[0].dtype, dtype.name);
    EXPECT_EQ(file->tensors()[0].data.size(), dtype.bits);
  }
}

TEST(Safetensors, RefusesToConvertElementsOfLessThanAByte) {
  for (const auto& [dtype, bits] : {std::pair{"F4", 4}, {"F6_E2M3", 6}, {"F6_E3M2", 6}}) {
    const Bytes bytes =
        file_of(header(dtype, "[4]", concat("[0,", bits / 2, ']')), Bytes(bits / 2));
    const std::unique_ptr<File> file = File::parse(bytes, "x");
    const std::string what = concat("is ", dtype, ", which has elements of ", bits, " bits");
    expect_error([&] { file->floats("t"); }, Code::kInvalidArgument, {what, "expected F64"});
    expect_error([&] { file->ints("t"); }, Code::kInvalidArgument, {what, "expected integers"});
  }
}

TEST(Safetensors, ConvertsIntegers) {
  EXPECT_EQ(Parsed("I8", std::vector<int8_t>{-128})->ints("t"), std::vector<int32_t>{-128});
  EXPECT_EQ(Parsed("U8", std::vector<uint8_t>{255})->ints("t"), std::vector<int32_t>{255});
  EXPECT_EQ(Parsed("I16", std::vector<int16_t>{-9})->ints("t"), std::vector<int32_t>{-9});
  EXPECT_EQ(Parsed("U16", std::vector<uint16_t>{65535})->ints("t"), std::vector<int32_t>{65535});
  EXPECT_EQ(Parsed("I32", std::vector<int32_t>{-9})->ints("t"), std::vector<int32_t>{-9});
  EXPECT_EQ(Parsed("I64", std::vector<int64_t>{-9, 7})->ints("t"), (std::vector<int32_t>{-9, 7}));
  EXPECT_EQ(Parsed("U64", std::vector<uint64_t>{7})->ints("t"), std::vector<int32_t>{7});
}

TEST(Safetensors, RefusesIntegersThatDoNotFit) {
  const auto expect = [](const Parsed& file, std::string_view part) {
    expect_error([&] { file->ints("t"); }, Code::kInvalidArgument,
                 {"x: tensor \"t\": holds ", part});
  };
  expect({"I64", std::vector<int64_t>{1, int64_t{1} << 31}}, "2147483648");
  expect({"I64", std::vector<int64_t>{-(int64_t{1} << 31) - 1}}, "-2147483649");
  expect({"U32", std::vector<uint32_t>{0xffffffff}}, "4294967295");
  expect({"U64", std::vector<uint64_t>{std::numeric_limits<uint64_t>::max()}},
         "18446744073709551615");
}

TEST(Safetensors, RefusesConversionsBetweenKinds) {
  const Parsed ints("I32", std::vector<int32_t>{1}), floats("F32", std::vector<float>{1});
  expect_error([&] { ints->floats("t"); }, Code::kInvalidArgument,
               {"tensor \"t\": is I32, expected F64"});
  expect_error([&] { floats->ints("t"); }, Code::kInvalidArgument,
               {"tensor \"t\": is F32, expected integers"});
  expect_error([&] { floats->floats("none"); }, Code::kNotFound, {"x: no tensor \"none\""});
}

TEST(BadSafetensors, AbsentFilesAreNotFound) {
  const test::TemporaryFolder folder;
  expect_error([&] { File::open(folder.file("none")); }, Code::kNotFound, {"none"});
}

TEST(BadSafetensors, TruncatedAtAnyByteIsRefused) {
  const Bytes whole = file_of(header("F32", "[2]", "[0,8]"), Bytes(8));
  ASSERT_NO_THROW(File::parse(whole, "x"));
  for (size_t size = 0; size < whole.size(); ++size) {
    const Bytes part(whole.begin(), whole.begin() + static_cast<long>(size));
    expect_error([&] { File::parse(part, "x"); }, Code::kCorrupt, {"x: "});
  }
}

TEST(BadSafetensors, HeadersLongerThanTheFileAreRefused) {
  for (const uint64_t length : {uint64_t{3}, uint64_t{100'000'001}, ~uint64_t{0}, ~uint64_t{7}}) {
    expect_corrupt(file_of(length, "{}", {}),
                   {concat("header of ", length, " bytes, expected at most 2")});
  }
  // Also when the file is long enough. It has holes, and takes no room on the disk.
  const test::TemporaryFolder folder;
  const std::string path = folder.write("long", file_of(100'000'001, "{}", {}));
  std::filesystem::resize_file(path, 200'000'000);
  expect_error([&] { File::open(path); }, Code::kCorrupt, {"expected at most 100000000"});
}

TEST(BadSafetensors, HeadersAreJsonObjects) {
  expect_corrupt(file_of("", {}), {"header begins with \"\", expected \"{\""});
  expect_corrupt(file_of(" {}"), {"header begins with \" \""});
  expect_corrupt(file_of("[]"), {"header begins with \"[\""});
  expect_corrupt(file_of("{"), {"header: no valid JSON at byte"});
  expect_corrupt(file_of("{}{}"), {"no valid JSON at byte 3"});
  expect_corrupt(file_of(std::string_view("{}\0", 3)), {"no valid JSON at byte 3"});
  expect_corrupt(file_of("{\"\xff\":{}}"), {"no valid JSON"});
  expect_corrupt(file_of(header("F32", "[NaN]", "[0,4]"), Bytes(4)), {"no valid JSON"});
}

TEST(BadSafetensors, HeadersHoldOnlyWhatBelongsThere) {
  expect_corrupt(file_of(R"({"t":1})"), {"header: \"t\" has a number where none belongs"});
  expect_corrupt(file_of(R"({"t":null})"), {"\"t\" has null"});
  expect_corrupt(file_of(R"({"t":[]})"), {"\"t\" has an array"});
  expect_corrupt(file_of(R"({"t":{}})"), {"tensor \"t\": expected dtype, shape and data_offsets"});
  expect_corrupt(file_of(R"({"t":{"dtype":5}})"), {"tensor \"t\": \"dtype\" has a number"});
  expect_corrupt(file_of(R"({"t":{"dtype":[]}})"), {"tensor \"t\": \"dtype\" has an array"});
  expect_corrupt(file_of(R"({"t":{"shape":"x"}})"), {"tensor \"t\": \"shape\" has a text"});
  expect_corrupt(file_of(R"({"t":{"shape":[{}]}})"), {"tensor \"t\": \"shape\" has an object"});
  expect_corrupt(file_of(R"({"t":{"shape":[true]}})"), {"tensor \"t\": \"shape\" has a boolean"});
  expect_corrupt(file_of(R"({"t":{"other":1}})"), {"tensor \"t\": \"other\", expected dtype"});
  expect_corrupt(file_of(R"({"__metadata__":{"a":1}})"), {"\"a\" has a number"});
  expect_corrupt(file_of(R"({"__metadata__":{"a":{}}})"), {"\"a\" has an object"});
}

TEST(BadSafetensors, NumbersAreNaturalOnesOf63Bits) {
  expect_corrupt(file_of(header("U8", "[-1]", "[0,1]"), Bytes(1)),
                 {"\"shape\" has a negative number"});
  expect_corrupt(file_of(header("U8", "[1.0]", "[0,1]"), Bytes(1)),
                 {"\"shape\" has a number that is no integer"});
  expect_corrupt(file_of(header("U8", "[1e400]", "[0,1]"), Bytes(1)), {"no valid JSON"});
  expect_corrupt(file_of(header("U8", "[9223372036854775808]", "[0,1]"), Bytes(1)), {"2^63"});
  expect_corrupt(file_of(header("U8", "[1]", "[0,99999999999999999999]"), Bytes(1)),
                 {"\"data_offsets\" has a number that"});
  expect_corrupt(file_of(header("U8", "[1]", "[-1,0]"), Bytes(1)),
                 {"\"data_offsets\" has a negative"});
}

TEST(BadSafetensors, DeepNestingIsRefused) {
  const std::string deep(1'000'000, '[');
  expect_corrupt(file_of("{\"t\":" + deep), {"\"t\" has an array"});
  expect_corrupt(file_of(R"({"t":{"shape":)" + deep), {"tensor \"t\": \"shape\" has an array"});
  std::string objects;
  for (int i = 0; i < 100'000; ++i) objects += "{\"t\":";
  expect_corrupt(file_of(objects), {"\"t\""});
}

TEST(BadSafetensors, DuplicateKeysAreRefused) {
  const std::string one = R"("t":{"dtype":"U8","shape":[1],"data_offsets":[0,1]})";
  const std::string other = R"("t":{"dtype":"U8","shape":[1],"data_offsets":[1,2]})";
  expect_corrupt(file_of('{' + one + ',' + other + '}', Bytes(2)), {"tensor \"t\" is there twice"});
  expect_corrupt(file_of(R"({"t":{"shape":[1],"shape":[2]}})"),
                 {"tensor \"t\": \"shape\" is there twice"});
  expect_corrupt(file_of(R"({"__metadata__":{},"__metadata__":{}})"),
                 {"\"__metadata__\" is there twice"});
  expect_corrupt(file_of(R"({"__metadata__":{"a":"1","a":"2"}})"), {"\"a\" is there twice"});
}

TEST(BadSafetensors, OffsetsAreTwoInOrderAndInTheFile) {
  expect_corrupt(file_of(header("U8", "[1]", "[]"), Bytes(1)),
                 {"tensor \"t\": has 0 data_offsets"});
  expect_corrupt(file_of(header("U8", "[1]", "[0,1,2]"), Bytes(1)),
                 {"has 3 data_offsets, expected 2"});
  expect_corrupt(file_of(header("U8", "[1]", "[1,0]"), Bytes(1)),
                 {"data_offsets 1 and 0 are reversed"});
  expect_corrupt(file_of(header("U8", "[2]", "[0,2]"), Bytes(1)),
                 {"data ends at 2, beyond the 1 bytes"});
  expect_corrupt(
      file_of(header("U8", "[1]", "[18446744073709551614,18446744073709551615]"), Bytes(1)),
      {"beyond"});
}

TEST(BadSafetensors, ShapeAndDtypeMatchTheData) {
  expect_corrupt(file_of(header("F32", "[3]", "[0,8]"), Bytes(8)),
                 {"tensor \"t\": data takes 8 bytes, its shape and dtype 12"});
  expect_corrupt(file_of(header("F32", "[]", "[0,8]"), Bytes(8)), {"its shape and dtype 4"});
  expect_corrupt(file_of(header("F31", "[2]", "[0,8]"), Bytes(8)), {"dtype \"F31\" is unknown"});
  expect_corrupt(file_of(header("", "[2]", "[0,8]"), Bytes(8)), {"dtype \"\" is unknown"});
}

TEST(BadSafetensors, ProductsOfDimensionsDoNotWrap) {
  // 2^62 F32 are 2^64 bytes, or 0.
  expect_corrupt(file_of(header("F32", "[4611686018427387904]", "[0,0]")), {"too large"});
  expect_corrupt(file_of(header("U8", "[4294967296,4294967296]", "[0,0]")), {"too large"});
}

TEST(BadSafetensors, SubByteTypesFillWholeBytes) {
  ASSERT_NO_THROW(File::parse(file_of(header("F4", "[4]", "[0,2]"), Bytes(2)), "x"));
  expect_corrupt(file_of(header("F4", "[3]", "[0,2]"), Bytes(2)),
                 {"no whole number of bytes of F4"});
}

TEST(BadSafetensors, DataIsCoveredWithoutOverlapsAndHoles) {
  const auto two = [](std::string_view a, std::string_view b) {
    return concat(R"({"a":{"dtype":"U8","shape":[2],"data_offsets":)", a,
                  R"(},"b":{"dtype":"U8","shape":[2],"data_offsets":)", b, "}}");
  };
  ASSERT_NO_THROW(File::parse(file_of(two("[0,2]", "[2,4]"), Bytes(4)), "x"));
  expect_corrupt(file_of(two("[0,2]", "[1,3]"), Bytes(3)),
                 {"tensor \"b\": data begins at 1, expected 2: it overlaps another"});
  expect_corrupt(file_of(two("[0,2]", "[0,2]"), Bytes(2)), {"it overlaps another"});
  expect_corrupt(file_of(two("[0,2]", "[3,5]"), Bytes(5)),
                 {"tensor \"b\": data begins at 3, expected 2: there is a hole before it"});
  expect_corrupt(file_of(two("[1,3]", "[3,5]"), Bytes(5)), {"tensor \"a\": data begins at 1"});
  expect_corrupt(file_of(two("[0,2]", "[2,4]"), Bytes(7)),
                 {"3 bytes at the end of the file belong to no tensor"});
}

TEST(BadSafetensors, AllProblemsAreReportedAtOnce) {
  expect_corrupt(
      file_of(R"({"a":{"dtype":"U8","shape":[2],"data_offsets":[2,0]},
                             "b":{"dtype":"U9","shape":[2],"data_offsets":[0,2]}})"),
      {"2 problems:", "tensor \"a\": data_offsets 2 and 0", "tensor \"b\": dtype \"U9\""});
}

std::filesystem::path fixtures() {
  const char* path = std::getenv("CRIA_FIXTURES");
  return path ? path : "../shared/fixtures";
}

TEST(Safetensors, OpensTheGoldenOutputsOfOtherWriters) {
  const std::filesystem::path folder = fixtures() / "hf/llama";
  if (!std::filesystem::exists(folder)) GTEST_SKIP() << "no fixtures in " << fixtures();
  const std::unique_ptr<File> golden = File::open(folder / "expected.safetensors");
  const std::vector<int32_t> ids = golden->ints("input_ids");
  const TensorInfo* logits = golden->find("logits");
  ASSERT_TRUE(logits);
  ASSERT_EQ(logits->shape.size(), 2u);
  EXPECT_EQ(logits->shape[0], static_cast<int64_t>(ids.size()));
  EXPECT_EQ(golden->floats("logits").size(),
            static_cast<size_t>(logits->shape[0] * logits->shape[1]));
  EXPECT_FALSE(File::open(folder / "model.safetensors")->tensors().empty());
}

}  // namespace
}  // namespace cria::safetensors
