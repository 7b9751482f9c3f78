#include "quantize/quantizer.h"

#include <gtest/gtest.h>

#include <cmath>
#include <cstring>
#include <random>

#include "ml/formats.h"
#include "tests/support/expect_error.h"
#include "tests/support/temporary_folder.h"

namespace cria::quantize {
namespace {

using Code = Error::Code;
using ml::DType;

std::vector<float> numbers(size_t count) {
  std::mt19937 generator(11);
  std::normal_distribution<float> distribution;
  std::vector<float> values(count);
  for (float& value : values) value = distribution(generator);
  return values;
}

size_t count_of(const std::vector<int64_t>& dims) {
  size_t count = 1;
  for (const int64_t dim : dims) count *= static_cast<size_t>(dim);
  return count;
}

// Hands its data over in pieces that are no whole rows.
gguf::OutputTensor tensor(const std::string& name, std::vector<int64_t> dims,
                          std::vector<float> values = {}) {
  if (values.empty()) values = numbers(count_of(dims));
  return {name, 0, std::move(dims), [values](const gguf::Sink& sink) {
            auto bytes = std::as_bytes(std::span(values));
            while (!bytes.empty()) {
              const size_t piece = std::min<size_t>(1000, bytes.size());
              sink(bytes.first(piece));
              bytes = bytes.subspan(piece);
            }
          }};
}

gguf::Writer model(bool is_part = false) {
  gguf::Writer file(64);
  file.metadata("general.architecture", "llama");
  file.metadata("general.file_type", uint32_t{0});
  if (is_part) file.metadata("split.count", uint16_t{2});
  file.metadata("llama.block_count", uint32_t{1});
  file.tensor(tensor("token_embd.weight", {8, 64}));
  file.tensor(tensor("blk.0.attn_norm.weight", {64}));
  file.tensor(tensor("blk.0.attn_q.weight", {64, 64}));
  file.tensor(tensor("blk.0.ffn_down.weight", {64, 40}));
  file.tensor(tensor("output.weight", {8, 64}));
  return file;
}

struct Written {
  std::unique_ptr<gguf::File> file;
  std::vector<TensorReport> report;
  std::vector<std::string> notices;

  const gguf::TensorInfo& tensor(const std::string& name) const {
    for (const gguf::TensorInfo& info : file->tensors()) {
      if (info.name == name) return info;
    }
    throw std::out_of_range(name);
  }
};

class QuantizerTest : public testing::Test {
 protected:
  Written write(const gguf::Writer& source, Options options) {
    Written written;
    options.threads = 2;
    options.notice = [&](const std::string& text) { written.notices.push_back(text); };
    Quantizer quantizer(options);
    const std::string path = folder_.file("out.gguf");
    quantizer(source).write(path);
    written.file = gguf::File::open(path);
    written.report = quantizer.report();
    return written;
  }
  static Options options(const char* preset) { return {.preset = &find_preset(preset)}; }

  test::TemporaryFolder folder_;
};

TEST_F(QuantizerTest, WritesMatricesInTheTypeAndLeavesTheRest) {
  const Written written = write(model(true), options("Q4_0"));
  const gguf::TensorInfo& q = written.tensor("blk.0.attn_q.weight");
  ASSERT_EQ(q.type, 2u);
  std::vector<float> values = numbers(64 * 64);
  std::vector<std::byte> expected(q.data.size());
  for (size_t row = 0; row < 64; ++row)
    ml::quantize(DType::kQ4_0, std::span(values).subspan(row * 64, 64), &expected[row * 36]);
  EXPECT_TRUE(std::ranges::equal(q.data, expected));
  EXPECT_EQ(written.tensor("blk.0.attn_norm.weight").type, 0u);
  EXPECT_EQ(written.tensor("output.weight").type, 8u);  // rows of 64 are no blocks of q6_k
  EXPECT_EQ(written.file->integer("general.file_type"), 2);
  EXPECT_EQ(written.file->integer("general.quantization_version"), 2);
  EXPECT_FALSE(written.file->integer("split.count").has_value());
}

TEST_F(QuantizerTest, TellsTheErrorOfEachTensor) {
  const Written written = write(model(), options("Q8_0"));
  for (const TensorReport& report : written.report) {
    if (!report.is_changed || report.to == 1) continue;
    std::vector<float> before = numbers(count_of(report.dims)), after(before.size());
    ml::dequantize(DType::kQ8_0, written.tensor(report.name).data.data(), after);
    double errors = 0, squares = 0;
    for (size_t i = 0; i < before.size(); ++i) {
      errors += std::pow(double{after[i]} - before[i], 2);
      squares += std::pow(double{before[i]}, 2);
    }
    EXPECT_NEAR(report.loss.nmse(), errors / squares, 1e-12) << report.name;
    EXPECT_NEAR(report.loss.rmse(), std::sqrt(errors / double(before.size())), 1e-9) << report.name;
    EXPECT_GT(report.loss.rmse(), 0);
  }
}

TEST_F(QuantizerTest, SaysWhereRowsAreNoWholeBlocks) {
  const Written written = write(model(), options("Q4_0"));
  ASSERT_EQ(written.notices.size(), 1u);
  EXPECT_EQ(written.notices[0],
            "1 tensor has rows of 40 elements, no multiple of 32: f16 instead of q4_0");
  EXPECT_EQ(written.tensor("blk.0.ffn_down.weight").type, 1u);
}

TEST_F(QuantizerTest, TheLastOverrideThatFitsCounts) {
  Options how = options("Q4_0");
  how.overrides = {parse_override("*=Q8_0"), parse_override("blk.?.attn_*=f16")};
  const Written written = write(model(), how);
  EXPECT_EQ(written.tensor("token_embd.weight").type, 8u);
  EXPECT_EQ(written.tensor("blk.0.attn_q.weight").type, 1u);
  EXPECT_EQ(written.tensor("blk.0.attn_norm.weight").type, 0u);
}

TEST_F(QuantizerTest, OverridesThatFitNothingAreErrors) {
  Options how = options("Q4_0");
  how.overrides = {parse_override("blk.7.*=q8_0"), parse_override("*_norm=q8_0")};
  test::expect_error([&] { write(model(), how); }, Code::kInvalidArgument,
                     {"\"blk.7.*\" fits no tensor", "\"*_norm\" fits only vectors"});
  test::expect_error([] { parse_override("output"); }, Code::kInvalidArgument, {"PATTERN=TYPE"});
  test::expect_error([] { parse_override("=q8_0"); }, Code::kInvalidArgument, {"PATTERN=TYPE"});
  test::expect_error([] { parse_override("output=q9"); }, Code::kInvalidArgument, {"\"q9\""});
}

TEST_F(QuantizerTest, BlocksAreOnlyWrittenAnewWhenAskedFor) {
  const Written once = write(model(), options("Q8_0"));
  const gguf::Writer again = copy_of(*once.file);
  test::expect_error([&] { write(again, options("Q4_0")); }, Code::kInvalidArgument,
                     {"token_embd.weight", "q8_0", "--requantize"});
  // What is of the right type already is no reason to refuse.
  EXPECT_EQ(write(again, options("Q8_0")).report[0].is_changed, false);
}

TEST_F(QuantizerTest, RequantizesAndCopiesMetadataInItsTypes) {
  gguf::Writer source = model();
  source.metadata("some.bytes", std::vector<uint8_t>{1, 2});
  source.metadata("some.texts", std::vector<std::string>{"a", "b"});
  const test::TemporaryFolder other;
  source.write(other.file("in.gguf"));
  const auto file = gguf::File::open(other.file("in.gguf"));
  const auto stored = gguf::stored_metadata(file->path());
  EXPECT_EQ(stored[stored.size() - 2].second, gguf::StoredValue(std::vector<uint8_t>{1, 2}));
  EXPECT_EQ(stored.back().second, gguf::StoredValue(std::vector<std::string>{"a", "b"}));
  const Written once = write(copy_of(*file), options("Q8_0"));
  Options how = options("F32");
  how.requantize = true;
  const test::TemporaryFolder third;
  Quantizer quantizer(how);
  quantizer(copy_of(*once.file)).write(third.file("f32.gguf"));
  const auto floats = gguf::File::open(third.file("f32.gguf"));
  for (const gguf::TensorInfo& tensor : floats->tensors()) EXPECT_EQ(tensor.type, 0u);
  EXPECT_EQ(*floats->texts("some.texts"), (std::vector<std::string>{"a", "b"}));
}

TEST_F(QuantizerTest, ImportanceSparesItsColumns) {
  ImportanceMatrix matrix;
  matrix.path = "text.imatrix";
  std::vector<float> sums(64, 1);
  for (size_t i = 0; i < 64; i += 8) sums[i] = 400;
  matrix.entries["blk.0.attn_q.weight"] = {.sums = sums, .counts = {1}};
  Options how = options("Q4_0");
  const auto weighted_error = [&](const Written& written) {
    std::vector<float> before = numbers(64 * 64), after(before.size());
    ml::dequantize(DType::kQ4_0, written.tensor("blk.0.attn_q.weight").data.data(), after);
    double error = 0;
    for (size_t i = 0; i < before.size(); ++i)
      error += sums[i % 64] * std::pow(double{after[i]} - before[i], 2);
    return error;
  };
  const double plain = weighted_error(write(model(), how));
  how.importance = &matrix;
  const Written written = write(model(), how);
  EXPECT_LT(weighted_error(written), 0.8 * plain);
  EXPECT_EQ(written.file->text("quantize.imatrix.file"), "text.imatrix");
  EXPECT_NE(written.notices[0].find("knows nothing of 2 of 3 matrices"), std::string::npos);
}

TEST_F(QuantizerTest, ImportanceOfAnotherModelIsRefused) {
  ImportanceMatrix matrix;
  matrix.path = "text.imatrix";
  matrix.entries["blk.0.attn_q.weight"] = {.sums = {1, 2}, .counts = {1}};
  Options how = options("Q4_0");
  how.importance = &matrix;
  test::expect_error([&] { write(model(), how); }, Code::kInvalidArgument,
                     {"text.imatrix", "2 columns", "expected 64"});
  matrix.entries = {{"other.weight", {.sums = {1}, .counts = {1}}}};
  test::expect_error([&] { write(model(), how); }, Code::kInvalidArgument, {"of another model"});
}

TEST_F(QuantizerTest, ExpertsHaveTheirOwnImportance) {
  gguf::Writer source;
  source.metadata("general.architecture", "llama");
  std::vector<float> one = numbers(2 * 64), values = one;
  values.insert(values.end(), one.begin(), one.end());
  source.tensor(tensor("blk.0.ffn_up_exps.weight", {2, 2, 64}, values));
  ImportanceMatrix matrix;
  std::vector<float> sums(128, 1);
  for (size_t i = 64; i < 128; i += 4) sums[i] = 1000;
  matrix.entries["blk.0.ffn_up_exps.weight"] = {.sums = sums, .counts = {1, 1}};
  Options how = options("Q4_0");
  const Written plain = write(source, how);
  const gguf::TensorInfo& without = plain.tensor("blk.0.ffn_up_exps.weight");
  const std::vector<std::byte> rows(without.data.begin(), without.data.end());
  how.importance = &matrix;
  const Written written = write(source, how);
  const auto data = written.tensor("blk.0.ffn_up_exps.weight").data;
  EXPECT_TRUE(std::ranges::equal(data.first(72), std::span(rows).first(72)));
  EXPECT_FALSE(std::ranges::equal(data.last(72), std::span(rows).last(72)));
}

TEST_F(QuantizerTest, NumbersThatCannotBeStoredAreErrors) {
  gguf::Writer large;
  std::vector<float> values = numbers(64);
  values[40] = 1e5f;
  large.tensor(tensor("x.weight", {1, 64}, values));
  test::expect_error([&] { write(large, options("F16")); }, Code::kInvalidArgument,
                     {"\"x.weight\" holds 100000", "too large for f16"});
  gguf::Writer broken;
  values[40] = std::nanf("");
  broken.tensor(tensor("x.weight", {1, 64}, values));
  test::expect_error([&] { write(broken, options("Q8_0")); }, Code::kCorrupt,
                     {"\"x.weight\" holds nan"});
}

TEST_F(QuantizerTest, TypesThatCannotBeReadAreRefused) {
  gguf::Writer source;
  source.tensor(
      {"x.weight", 16, {1, 256}, [](const gguf::Sink& sink) { sink(std::vector<std::byte>(66)); }});
  Options how = options("Q8_0");
  how.requantize = true;
  test::expect_error([&] { write(source, how); }, Code::kUnsupported, {"\"x.weight\"", "iq2_xxs"});
}

}  // namespace
}  // namespace cria::quantize
