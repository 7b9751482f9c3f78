#include "cmd/divergence.h"

#include <gtest/gtest.h>

#include <cmath>

#include "cmd/predictions_file.h"
#include "tests/support/expect_error.h"
#include "tests/support/temporary_folder.h"

namespace cria::cmd {
namespace {

std::vector<float> logs(std::vector<float> probabilities) {
  for (float& p : probabilities) p = std::log(p);
  return probabilities;
}

TEST(Mean, TellsItsStandardError) {
  Mean mean;
  for (const double sample : {1.0, 2.0, 3.0, 6.0}) mean.add(sample);
  EXPECT_DOUBLE_EQ(mean.value(), 3);
  // The variance of all there is is 3.5; of the mean, 3.5 / (4 - 1).
  EXPECT_DOUBLE_EQ(mean.error(), std::sqrt(3.5 / 3));
  EXPECT_EQ(Mean().error(), 0);
}

TEST(LogNormalizer, IsTheLogarithmOfTheSumOfExponentials) {
  EXPECT_NEAR(log_normalizer(std::vector<float>{0, 0, 0, 0}), std::log(4.0), 1e-7);
  EXPECT_NEAR(log_normalizer(std::vector<float>{1000, 1000}), 1000 + std::log(2.0), 1e-4);
}

TEST(Divergence, IsKullbackLeiblersInNats) {
  Divergence divergence;
  divergence.add(logs({0.25f, 0.75f}), logs({0.5f, 0.5f}), 0);
  EXPECT_NEAR(divergence.kl().value(), 0.5 * std::log(2.0) + 0.5 * std::log(2.0 / 3), 1e-6);
  EXPECT_NEAR(divergence.log_ratio().value(), std::log(2.0), 1e-6);
  EXPECT_NEAR(divergence.change().value(), -0.25, 1e-6);
  EXPECT_NEAR(divergence.change_rms(), 0.25, 1e-6);
  EXPECT_EQ(divergence.same_top().value(), 0);  // among equals the first is the top one
  divergence.add(logs({0.75f, 0.25f}), logs({0.75f, 0.25f}), 1);
  EXPECT_NEAR(divergence.quantile(0), 0, 1e-6);
  EXPECT_NEAR(divergence.quantile(0.5), divergence.kl().value(), 1e-6);
  EXPECT_EQ(divergence.same_top().value(), 0.5);
}

TEST(PredictionsFile, KeepsWhatMatters) {
  const test::TemporaryFolder folder;
  const std::string path = folder.file("logits");
  // Chunks of four: the tokens 2 of each is predicted from those before, and so one row per chunk.
  const PredictionsHeader header{.context = 4, .vocabulary = 3, .tokens = {0, 1, 2, 0, 1, 1, 1, 1}};
  const std::vector<float> first = logs({0.5f, 0.25f, 0.25f}), second = {-0.5f, -2, -40};
  {
    PredictionsWriter writer(path, header);
    writer.write(first);
    writer.write(second);
    writer.commit();
  }
  PredictionsReader reader(path);
  EXPECT_EQ(reader.header().context, 4);
  EXPECT_EQ(reader.header().vocabulary, 3);
  EXPECT_EQ(reader.header().tokens, header.tokens);
  std::vector<float> row(3);
  reader.read(row);
  for (size_t i = 0; i < 3; ++i) EXPECT_NEAR(row[i], first[i], 1e-5);
  reader.read(row);
  EXPECT_NEAR(row[0], -0.5, 2e-4);
  EXPECT_NEAR(row[1], -2, 2e-4);
  EXPECT_NEAR(row[2], -16.5, 2e-4);  // as far down as it goes
}

TEST(PredictionsFile, ThatIsBrokenIsRefused) {
  const test::TemporaryFolder folder;
  const std::string path = folder.file("logits");
  const auto refuses = [&](const PredictionsHeader& header, std::string_view part) {
    {
      PredictionsWriter writer(path, header);
      writer.commit();
    }
    test::expect_error([&] { PredictionsReader reader(path); }, Error::Code::kCorrupt,
                       {path, part});
  };
  refuses({.context = 4, .vocabulary = 3, .tokens = {0, 1, 2, 0}}, "is cut short");
  refuses({.context = 2, .vocabulary = 3, .tokens = {0, 7}}, "token 7");
  refuses({.context = 1, .vocabulary = 3, .tokens = {0}}, "expected at least 2");
  AtomicFile other(path);
  other.write("something else");
  other.commit();
  test::expect_error([&] { PredictionsReader reader(path); }, Error::Code::kCorrupt,
                     {"is no file of predictions"});
}

}  // namespace
}  // namespace cria::cmd
