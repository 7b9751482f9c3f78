// What checkpoints read as, and what is refused.
#include "fs/pytorch/pytorch.h"

#include <gtest/gtest.h>

#include <cstring>
#include <filesystem>

#include "tests/support/expect_error.h"
#include "tests/support/pytorch_builder.h"
#include "tests/support/temporary_folder.h"

namespace cria::pytorch {
namespace {

using Code = Error::Code;
using test::expect_error;
using test::PickleBuilder;
using test::PytorchBuilder;
using test::ZipBuilder;
using Shape = std::vector<int64_t>;
using namespace std::string_literals;

struct Parsed {
  explicit Parsed(std::vector<std::byte> content)
      : bytes(std::move(content)), file(File::parse(bytes, "x.bin")) {}
  const TensorInfo& operator[](size_t i) const { return file->tensors()[i]; }

  std::vector<std::byte> bytes;
  std::unique_ptr<File> file;
};

template <class T>
std::vector<T> values(const TensorInfo& tensor) {
  std::vector<T> out(tensor.data.size() / sizeof(T));
  std::memcpy(out.data(), tensor.data.data(), tensor.data.size());
  return out;
}

void expect_refused(const std::vector<std::byte>& bytes, Code code,
                    std::initializer_list<std::string_view> parts) {
  expect_error([&] { File::parse(bytes, "x.bin"); }, code, parts);
}

// A checkpoint whose pickle is this.
std::vector<std::byte> checkpoint(const std::string& pickle) {
  return ZipBuilder().entry("archive/data.pkl", pickle).bytes();
}
void expect_pickle_refused(const std::string& pickle, Code code,
                           std::initializer_list<std::string_view> parts) {
  expect_refused(checkpoint("\x80\x02"s + pickle), code, parts);
}

std::vector<std::byte> bytes_of(const std::string& text) {
  const auto raw = std::as_bytes(std::span(text));
  return {raw.begin(), raw.end()};
}

TEST(Pytorch, ReadsTensorsOfEveryType) {
  const Parsed file(PytorchBuilder()
                        .tensor<double>("f64", "Double", {1}, {0.5})
                        .tensor<float>("f32", "Float", {2, 3}, {1, 2, 3, 4, 5, 6})
                        .tensor<uint16_t>("f16", "Half", {2}, {1, 2})
                        .tensor<uint16_t>("bf16", "BFloat16", {1, 1, 2}, {3, 4})
                        .tensor<int64_t>("i64", "Long", {1}, {-1})
                        .tensor<int32_t>("i32", "Int", {1}, {-2})
                        .tensor<int16_t>("i16", "Short", {1}, {-3})
                        .tensor<int8_t>("i8", "Char", {1}, {-4})
                        .tensor<uint8_t>("u8", "Byte", {1}, {5})
                        .tensor<uint8_t>("bool", "Bool", {}, {1})
                        .bytes());
  ASSERT_EQ(file.file->tensors().size(), 10u);
  const char* const dtypes[] = {"F64", "F32", "F16", "BF16", "I64",
                                "I32", "I16", "I8",  "U8",   "BOOL"};
  for (size_t i = 0; i < 10; ++i) {
    EXPECT_EQ(file[i].dtype, dtypes[i]);
    EXPECT_TRUE(file[i].strides.empty());
  }
  EXPECT_EQ(file[1].name, "f32");
  EXPECT_EQ(file[1].shape, (Shape{2, 3}));
  EXPECT_EQ(values<float>(file[1]), (std::vector<float>{1, 2, 3, 4, 5, 6}));
  EXPECT_EQ(file[3].shape, (Shape{1, 1, 2}));
  EXPECT_EQ(file[9].shape, Shape{});
  EXPECT_EQ(values<int64_t>(file[4]), std::vector<int64_t>{-1});
}

TEST(Pytorch, ReadsPartsOfSharedStorages) {
  const std::vector<float> numbers{0, 1, 2, 3, 4, 5, 6, 7};
  const std::string raw(reinterpret_cast<const char*>(numbers.data()), 32);
  const Parsed file(PytorchBuilder()
                        .storage("7", raw)
                        .view("rows", "Float", "7", 4, {2, 2}, {2, 1})
                        .view("turned", "Float", "7", 0, {2, 4}, {1, 2})
                        .view("column", "Float", "7", 1, {4, 1}, {2, 99})
                        .view("none", "Float", "7", 8, {0, 4}, {4, 1})
                        .bytes());
  EXPECT_EQ(values<float>(file[0]), (std::vector<float>{4, 5, 6, 7}));
  EXPECT_TRUE(file[0].strides.empty());
  EXPECT_EQ(file[1].strides, (Shape{1, 2}));
  EXPECT_EQ(file[1].data.size(), 32u);
  EXPECT_EQ(file[2].strides, (Shape{2, 99}));
  EXPECT_EQ(values<float>(file[2]), (std::vector<float>{1, 2, 3, 4, 5, 6, 7}));
  EXPECT_TRUE(file[3].data.empty());
}

TEST(Pytorch, ReadsNewerPicklesAndParameters) {
  PickleBuilder more;
  more.text("parameter").global("torch._utils", "_rebuild_parameter").op("(");
  more.global("torch._utils", "_rebuild_tensor_v3").op("((");
  more.text("storage").global("torch.storage", "UntypedStorage").text("0").text("cuda:1");
  more.integer(4).op("tQK\0"s).tuple({4}).tuple({1}).op("\x89}"s);
  more.global("torch", "float8_e4m3fn").op("tR\x88}tR"s);
  const Parsed file(PytorchBuilder().storage("0", "\1\2\3\4"s).raw(more).bytes());
  ASSERT_EQ(file.file->tensors().size(), 1u);
  EXPECT_EQ(file[0].name, "parameter");
  EXPECT_EQ(file[0].dtype, "F8_E4M3");
  EXPECT_EQ(values<uint8_t>(file[0]), (std::vector<uint8_t>{1, 2, 3, 4}));
}

TEST(Pytorch, ReadsTheFixture) {
  const char* fixtures = std::getenv("CRIA_FIXTURES");
  const std::string path =
      std::string(fixtures ? fixtures : "../shared/fixtures") + "/hf/llama_spm/pytorch_model.bin";
  if (!std::filesystem::exists(path)) GTEST_SKIP() << "no " << path << " (CRIA_FIXTURES)";
  const auto file = File::open(path);
  ASSERT_EQ(file->tensors().size(), 30u);
  EXPECT_EQ(file->tensors()[0].name, "model.embed_tokens.weight");
  EXPECT_EQ(file->tensors()[0].dtype, "BF16");
  EXPECT_EQ(file->tensors()[0].shape, (Shape{512, 64}));
  EXPECT_EQ(file->tensors()[0].data.size(), 65536u);
}

TEST(Pytorch, OpensAFileAndSaysThatItIsAbsent) {
  const test::TemporaryFolder folder;
  const auto bytes = PytorchBuilder().tensor<float>("a", "Float", {1}, {2}).bytes();
  const auto file = File::open(folder.write("x.bin", std::span(bytes)));
  EXPECT_EQ(values<float>(file->tensors()[0]), std::vector<float>{2});
  expect_error([&] { File::open(folder.file("none")); }, Code::kNotFound, {"none"});
}

TEST(BadPytorch, OtherFormatsAreNamed) {
  std::string tar(512, '\0');
  tar.replace(257, 5, "ustar");
  expect_refused(bytes_of(tar), Code::kUnsupported, {"x.bin: is a tar archive"});
  expect_refused(bytes_of("\x80\x02\x8a\nl\xfc\x9c\x46\xf9"), Code::kUnsupported,
                 {"a bare pickle"});
  expect_refused(bytes_of("version https://git-lfs.github.com/spec/v1\n"), Code::kCorrupt,
                 {"Git LFS"});
  expect_refused(bytes_of("hello"), Code::kCorrupt, {"begins with \"hell\""});
  expect_refused({}, Code::kCorrupt, {"no PyTorch checkpoint"});
  expect_refused(ZipBuilder().entry("word/document.xml", "x").bytes(), Code::kUnsupported,
                 {"without data.pkl"});
  expect_refused(ZipBuilder().entry("a/data.pkl", "x").entry("a/constants.pkl", "x").bytes(),
                 Code::kUnsupported, {"TorchScript"});
  expect_refused(ZipBuilder().entry("a/data.pkl", "x").entry("b/data.pkl", "x").bytes(),
                 Code::kCorrupt, {"two checkpoints"});
  expect_refused(ZipBuilder().entry("a/data.pkl", "x").entry("a/byteorder", "big").bytes(),
                 Code::kUnsupported, {"\"big\" byte order"});
}

TEST(BadPytorch, CodeIsNeverCalled) {
  expect_pickle_refused("cposix\nsystem\nX\4\0\0\0true\x85R."s, Code::kUnsupported,
                        {"byte 2", "\"posix.system\"", "may only build tensors"});
  expect_pickle_refused(
      "\x8c\x08"
      "builtins\x8c\4eval\x93."s,
      Code::kUnsupported, {"\"builtins.eval\""});
  expect_pickle_refused("ctorch\nload\n."s, Code::kUnsupported, {"\"torch.load\""});
  expect_pickle_refused("(i__main__\nX\n."s, Code::kUnsupported, {"instruction INST"});
  expect_pickle_refused("(o."s, Code::kUnsupported, {"instruction OBJ"});
  expect_pickle_refused("\x81."s, Code::kUnsupported, {"instruction NEWOBJ"});
  expect_pickle_refused("\x92."s, Code::kUnsupported, {"instruction NEWOBJ_EX"});
  expect_pickle_refused("\x82\1."s, Code::kUnsupported, {"instruction EXT1"});
  expect_pickle_refused("\xff."s, Code::kUnsupported, {"instruction 0xff"});
  expect_pickle_refused("ctorch\nFloatStorage\n)R."s, Code::kUnsupported,
                        {"calls \"FloatStorage\""});
  expect_pickle_refused("ccollections\nOrderedDict\nK\1\x85R."s, Code::kUnsupported,
                        {"ordered dictionary made of arguments"});
}

TEST(BadPytorch, MachinesThatGoAstrayAreStopped) {
  const std::initializer_list<std::pair<std::string, const char*>> cases = {
      {"", "truncated"},
      {"0.", "where there is none"},
      {"(N.", "ends with 2 values"},
      {".", "ends with 0 values"},
      {"t.", "no mark"},
      {"(\x85.", "where there is none"},
      {"Na.", "expected a list"},
      {"NNa.", "expected a list"},
      {"NNNs.", "expected a dictionary"},
      {"}(Nu.", "without a value"},
      {"h\1.", "nothing under memo 1"},
      {"X\xff\xff\xff\xff.", "truncated: needs 4294967295 bytes"},
      {"\x8d\xff\xff\xff\xff\xff\xff\xff\xff.", "truncated"},
      {"ctorch", "a line does not end"},
      {"NQ.", "no storage"},
      {"NNR.", "calls what is no function"},
      {"ctorch._utils\n_rebuild_tensor_v2\n)R.", "a tensor is built of other things"},
      {"ctorch._utils\n_rebuild_parameter\n)R.", "a parameter without a tensor"},
      {"Nq\1b.", "expected a dictionary"},
      {"NN\x93.", "no text"},
  };
  for (const auto& [pickle, expected] : cases) {
    expect_pickle_refused(pickle, Code::kCorrupt, {"x.bin: pickle: byte ", expected});
  }
  expect_pickle_refused(
      "\x8a\x09"
      "123456789.",
      Code::kUnsupported, {"an integer of 9 bytes"});
  expect_refused(checkpoint("\x80\1."), Code::kUnsupported, {"protocol 1"});
}

TEST(BadPytorch, TheStackIsBounded) {
  expect_pickle_refused(std::string(1'500'000, 'N') + ".", Code::kUnsupported,
                        {"1000000 values on the stack"});
  std::string cleared;
  for (int i = 0; i < 2'200'000; ++i) cleared += "N0";
  expect_pickle_refused(cleared + ".", Code::kUnsupported, {"more than 2000000 values"});
}

TEST(BadPytorch, DepthAndCyclesDoNoHarm) {
  std::string deep = "N";
  for (int i = 0; i < 500'000; ++i) deep += "\x85";
  expect_pickle_refused(deep + ".", Code::kUnsupported, {"no dictionary of tensors"});
  expect_pickle_refused("]q\1h\1a.", Code::kUnsupported, {"no dictionary of tensors"});
}

TEST(BadPytorch, OtherThingsThanTensorsAreReportedTogether) {
  PickleBuilder more;
  more.text("step").integer(7).integer(8).op("N").text("nested").op("}");
  more.text("a").op("N");
  expect_refused(PytorchBuilder().tensor<float>("a", "Float", {1}, {2}).raw(more).bytes(),
                 Code::kCorrupt,
                 {"4 problems", "\"step\" is no tensor", "name is no text", "\"nested\"",
                  "\"a\" is there twice"});
}

TEST(BadPytorch, TensorsMustLieInTheirStorages) {
  const auto refused = [](int64_t offset, const Shape& shape, const Shape& strides,
                          const char* expected) {
    expect_refused(PytorchBuilder()
                       .storage("0", std::string(32, '\1'))
                       .view("t", "Float", "0", offset, shape, strides)
                       .bytes(),
                   Code::kCorrupt, {"tensor \"t\"", expected});
  };
  constexpr int64_t kHuge = int64_t{1} << 62;
  refused(0, {9}, {1}, "outside of its storage");
  refused(1, {8}, {1}, "outside of its storage");
  refused(9, {0}, {1}, "outside of its storage");
  refused(-1, {2}, {1}, "outside of its storage");
  refused(kHuge, {2}, {1}, "outside of its storage");
  refused(0, {2, 2}, {7, 1}, "outside of its storage");
  refused(0, {kHuge, 4}, {4, 1}, "outside of its storage");
  refused(0, {2, 2}, {kHuge, kHuge}, "outside of its storage");
  refused(0, {3, 3}, {0, 1}, "outside of its storage");  // nine elements of three
  refused(0, {-2}, {1}, "negative");
  refused(0, {2}, {-1}, "negative");
  refused(0, {2}, {}, "1 sizes and 0 strides");
  refused(0, Shape(9, 1), Shape(9, 1), "9 sizes");
  expect_refused(PytorchBuilder().view("t", "Float", "0", 0, {1}, {1}).bytes(), Code::kCorrupt,
                 {"no entry \"data/0\""});
  expect_refused(
      PytorchBuilder().storage("0", "1234").view("t", "Float", "../0", 0, {1}, {1}).bytes(),
      Code::kCorrupt, {"no entry \"data/../0\""});
}

TEST(BadPytorch, TruncationAndDamageAreSurvived) {
  const std::vector<std::byte> bytes =
      PytorchBuilder().tensor<float>("a", "Float", {2, 2}, {1, 2, 3, 4}).bytes();
  for (size_t i = 0; i < bytes.size(); ++i) {
    const std::vector<std::byte> cut(bytes.begin(), bytes.begin() + static_cast<long>(i));
    expect_refused(cut, Code::kCorrupt, {"x.bin"});
    for (const int value : {0x00, 0x2e, 0x7f, 0xff}) {
      std::vector<std::byte> damaged = bytes;
      damaged[i] = static_cast<std::byte>(value);
      try {
        File::parse(damaged, "x.bin");
      } catch (const Error&) {
      }
    }
  }
}

}  // namespace
}  // namespace cria::pytorch
