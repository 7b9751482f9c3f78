#include "sample/candidates.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <limits>

namespace cria::sample {
namespace {

constexpr float kLowest = std::numeric_limits<float>::lowest();
constexpr float kInfinity = std::numeric_limits<float>::infinity();
using Ids = std::vector<int32_t>;

Ids ids(const Candidates& candidates) { return {candidates.ids().begin(), candidates.ids().end()}; }

Candidates all_of(const std::vector<float>& logits) {
  Candidates candidates;
  candidates.start(logits, 0, kLowest);
  candidates.weigh(1);
  return candidates;
}

// Logits whose probabilities are these numbers, up to a common factor.
std::vector<float> logits_of(std::initializer_list<double> shares) {
  std::vector<float> logits;
  for (const double share : shares) logits.push_back(static_cast<float>(std::log(share)));
  return logits;
}

std::vector<float> random_logits(size_t size, uint64_t seed, int levels) {
  Random random(seed);
  std::vector<float> logits(size);
  for (float& logit : logits) logit = std::floor(static_cast<float>(random.uniform() * levels));
  return logits;
}

// What sorting everything would give.
std::vector<Ranked> sorted(const std::vector<float>& logits) {
  std::vector<Ranked> all;
  for (size_t i = 0; i < logits.size(); ++i) all.push_back({-logits[i], static_cast<int32_t>(i)});
  std::sort(all.begin(), all.end());
  return all;
}

Ids first_ids(const std::vector<Ranked>& sorted_candidates, size_t count) {
  Ids out;
  for (size_t i = 0; i < count; ++i) out.push_back(sorted_candidates[i].id);
  std::sort(out.begin(), out.end());
  return out;
}

TEST(TopK, KeepsTheBestInOrderOfId) {
  Candidates candidates;
  const std::vector<float> logits{1, 5, 3, 4, 2};
  candidates.start(logits, 3, kLowest);
  EXPECT_EQ(ids(candidates), (Ids{1, 2, 3}));
  candidates.start(logits, 1, kLowest);
  EXPECT_EQ(ids(candidates), Ids{1});
}

TEST(TopK, PrefersLowerIdsAmongEquals) {
  Candidates candidates;
  const std::vector<float> logits{1, 2, 2, 2, 2};
  candidates.start(logits, 2, kLowest);
  EXPECT_EQ(ids(candidates), (Ids{1, 2}));
}

TEST(TopK, IsOffWhenNotPositiveOrNotLessThanTheVocabulary) {
  Candidates candidates;
  const std::vector<float> logits{1, 5, 3};
  for (const int32_t k : {0, -1, 3, 4, std::numeric_limits<int32_t>::max()}) {
    candidates.start(logits, k, kLowest);
    EXPECT_EQ(ids(candidates), (Ids{0, 1, 2})) << k;
  }
}

TEST(TopK, LeavesOutTheImpossible) {
  Candidates candidates;
  const std::vector<float> logits{-kInfinity, 5, -kInfinity, 3};
  candidates.start(logits, 3, kLowest);
  EXPECT_EQ(ids(candidates), (Ids{1, 3}));
  candidates.start(logits, 0, kLowest);
  EXPECT_EQ(ids(candidates), (Ids{1, 3}));
}

TEST(TopK, EqualsSortingForAllSizesAndOrders) {
  Candidates candidates;
  for (const int levels : {1, 3, 50, 1000000}) {
    std::vector<float> logits = random_logits(2000, 17, levels);
    for (int order = 0; order < 3; ++order) {
      const std::vector<Ranked> expected = sorted(logits);
      for (const int32_t k : {1, 2, 7, 64, 500, 1000, 1999}) {
        candidates.start(logits, k, kLowest);
        ASSERT_EQ(ids(candidates), first_ids(expected, static_cast<size_t>(k)))
            << k << " of " << levels << " levels, order " << order;
      }
      std::sort(logits.begin(), logits.end());                     // every token is a new best
      if (order == 1) std::reverse(logits.begin(), logits.end());  // none is
    }
  }
}

TEST(Weights, AreRelativeToTheBestAtTheTemperature) {
  Candidates candidates;
  const std::vector<float> logits{0, 2, -2};
  candidates.start(logits, 0, kLowest);
  candidates.weigh(2);
  EXPECT_NEAR(candidates.weights()[0], std::exp(-1), 1e-6);
  EXPECT_EQ(candidates.weights()[1], 1);
  EXPECT_NEAR(candidates.weights()[2], std::exp(-2), 1e-6);
}

TEST(Weights, SurviveExtremeLogitsAndTemperatures) {
  constexpr float kMost = std::numeric_limits<float>::max();
  Candidates candidates;
  const std::vector<float> logits{-kMost, kMost, kMost};
  candidates.start(logits, 0, kLowest);
  for (const float temperature : {1e-45f, 1.0f, kMost}) {
    candidates.weigh(temperature);
    EXPECT_LE(candidates.weights()[0], 1);
    EXPECT_EQ(candidates.weights()[1], 1);
    EXPECT_EQ(candidates.weights()[2], 1);
  }
}

TEST(TopP, KeepsTheFewestThatReachTheShare) {
  const std::vector<float> logits = logits_of({0.1, 0.4, 0.2, 0.3});
  const struct {
    float p;
    Ids kept;
  } cases[] = {{0.05f, {1}},          {0.39f, {1}},       {0.41f, {1, 3}},
               {0.69f, {1, 3}},       {0.71f, {1, 2, 3}}, {0.89f, {1, 2, 3}},
               {0.91f, {0, 1, 2, 3}}, {1e-45f, {1}},      {0.999f, {0, 1, 2, 3}}};
  for (const auto& [p, kept] : cases) {
    Candidates candidates = all_of(logits);
    candidates.top_p(p);
    EXPECT_EQ(ids(candidates), kept) << p;
  }
}

TEST(TopP, StopsExactlyAtTheShare) {
  Candidates candidates = all_of({3, 3, 3, 3});  // weights of 1: all sums are exact
  candidates.top_p(0.5f);
  EXPECT_EQ(ids(candidates), (Ids{0, 1}));
}

TEST(TopP, EqualsSorting) {
  for (const int levels : {1, 4, 12, 1000}) {
    const std::vector<float> logits = random_logits(3000, 5, levels);
    const std::vector<Ranked> best_first = sorted(logits);
    for (const float p : {0.013f, 0.31f, 0.77f, 0.95f}) {
      Candidates candidates = all_of(logits);
      double total = 0;
      for (const float weight : candidates.weights()) total += weight;
      size_t count = 0;
      for (double sum = 0; sum < p * total; ++count) {
        sum += candidates.weights()[static_cast<size_t>(best_first[count].id)];
      }
      candidates.top_p(p);
      ASSERT_EQ(ids(candidates), first_ids(best_first, count)) << p << " of " << levels;
    }
  }
}

TEST(MinP, KeepsTheShareOfTheBest) {
  Candidates candidates = all_of(logits_of({0.1, 0.4, 0.2, 0.3}));
  candidates.min_p(0.26f);
  EXPECT_EQ(ids(candidates), (Ids{1, 2, 3}));
  candidates.min_p(0.6f);
  EXPECT_EQ(ids(candidates), (Ids{1, 3}));
  candidates.min_p(0.99f);
  EXPECT_EQ(ids(candidates), Ids{1});
}

TEST(MinP, KeepsWhatHasExactlyTheShare) {
  Candidates candidates = all_of({3, 1, 3});
  candidates.min_p(1);
  EXPECT_EQ(ids(candidates), (Ids{0, 2}));
}

TEST(Draw, NeverTakesWhatHasNoWeight) {
  Candidates candidates = all_of({-200, 0, -200});
  Random random(3);
  for (int i = 0; i < 1000; ++i) ASSERT_EQ(candidates.draw(random), 1);
}

}  // namespace
}  // namespace cria::sample
