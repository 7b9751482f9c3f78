// Sequences that begin alike share what has been computed.

#include <gtest/gtest.h>

#include "kvcache/test_cache.h"

namespace cria::kvcache {
namespace {

Options roomy() {
  Options options = small();
  options.tokens = 16;
  options.context = 16;
  options.sequences = 3;
  return options;
}

TEST(Prefixes, FindsWhatAnEndedSequenceBeganWith) {
  CacheFixture f(roomy());
  f.remember({1, 2, 3, 4, 5});
  EXPECT_EQ(f.usage(), "5 free, 3 cached, 0 used");
  const auto opened = f.cache.open(Ids{1, 2, 3, 4, 9, 8}).value();
  EXPECT_EQ(opened.cached, 4);
  EXPECT_EQ(f.usage(), "5 free, 1 cached, 2 used");
  EXPECT_EQ(f.append_all(opened.sequence, {9, 8}), (Rows{"1234..9.........", "1234..98........"}));
}

TEST(Prefixes, LeavesTheLastTokenToBeComputed) {
  CacheFixture f(roomy());
  f.remember({1, 2, 3, 4});
  EXPECT_EQ(f.cache.open(Ids{1, 2, 3, 4}).value().cached, 3);
  EXPECT_EQ(f.cache.open(Ids{1}).value().cached, 0);
  EXPECT_EQ(f.cache.open(Ids{}).value().cached, 0);
}

TEST(Prefixes, CopiesTheBlockOfWhichOnlyAPartIsShared) {
  CacheFixture f(roomy());
  f.remember({1, 2, 3, 4, 5, 6});
  const auto opened = f.cache.open(Ids{1, 2, 3, 7, 7}).value();
  EXPECT_EQ(opened.cached, 3);
  EXPECT_EQ(f.append_all(opened.sequence, {7, 8}), (Rows{"12....37........", "12....378......."}));
  f.cache.close(opened.sequence);
  // Both are still there as they were.
  const auto first = f.cache.open(Ids{1, 2, 3, 4, 5, 6, 1}).value();
  EXPECT_EQ(first.cached, 6);
  EXPECT_EQ(f.append_all(first.sequence, {1}), (Rows{"123456....1....."}));
  const auto second = f.cache.open(Ids{1, 2, 3, 7, 8, 0}).value();
  EXPECT_EQ(second.cached, 5);
}

TEST(Prefixes, SharesWhatARunningSequenceHasComputed) {
  CacheFixture f(roomy());
  const Sequence a = f.cache.open().value();
  f.append_all(a, {1, 2, 3});
  const auto b = f.cache.open(Ids{1, 2, 3, 4}).value();
  EXPECT_EQ(b.cached, 2) << "whole blocks";
  EXPECT_EQ(f.append_all(b.sequence, {3, 4}), (Rows{"12..3...........", "12..34.........."}));
  EXPECT_EQ(f.append_all(a, {9}), (Rows{"1239............"}));
}

TEST(Prefixes, KeepsOneCopyOfWhatTwoComputedAtOnce) {
  CacheFixture f(roomy());
  const Sequence a = f.cache.open().value(), b = f.cache.open().value();
  ASSERT_EQ(f.cache.reserve(a, 3), Outcome::kOk);
  ASSERT_EQ(f.cache.reserve(b, 3), Outcome::kOk);
  f.append({a, b, a, b, a, b}, {1, 1, 2, 2, 3, 4});
  EXPECT_EQ(f.usage(), "5 free, 0 cached, 3 used");
  EXPECT_EQ(f.append_all(b, {5}), (Rows{"12....45........"}));
}

TEST(Prefixes, EvictsWhatWasNotUsedForLongestAndLeavesFirst) {
  CacheFixture f(roomy());
  f.remember({1, 2, 3, 4});
  f.remember({5, 6, 7, 8});
  f.remember({5, 6, 1, 1});
  const Sequence touched = f.cache.open(Ids{1, 2, 0}).value().sequence;
  f.cache.close(touched);
  EXPECT_EQ(f.usage(), "3 free, 5 cached, 0 used");
  const Sequence a = f.cache.open().value();
  ASSERT_EQ(f.cache.reserve(a, 12), Outcome::kOk);  // takes three that are cached
  EXPECT_EQ(f.usage(), "0 free, 2 cached, 6 used");
  // 3 4 was used before the others, its beginning after them.
  EXPECT_EQ(f.cache.open(Ids{1, 2, 3, 4, 0}).value().cached, 2);
  EXPECT_EQ(f.cache.open(Ids{5, 6, 1, 1, 0}).value().cached, 2);
}

TEST(Prefixes, NeverEvictsWhatIsInUse) {
  CacheFixture f(roomy());
  f.remember({1, 2, 3, 4, 5, 6});
  const auto a = f.cache.open(Ids{1, 2, 3, 4, 0}).value();
  const Sequence b = f.cache.open().value();
  ASSERT_EQ(f.cache.reserve(b, 12), Outcome::kOk);
  EXPECT_EQ(f.usage(), "0 free, 0 cached, 8 used");
  EXPECT_EQ(f.cache.reserve(b, 1), Outcome::kOk) << "in the block that it has";
  EXPECT_EQ(f.cache.reserve(a.sequence, 1), Outcome::kPoolFull);
}

TEST(Prefixes, WritesInPlaceWhenThereIsNoRoomForACopy) {
  Options options = small();
  options.tokens = options.context = 6;
  options.sequences = 1;
  CacheFixture f(options);
  f.remember({1, 2, 3, 4, 5, 6});
  const auto opened = f.cache.open(Ids{1, 2, 3, 4, 5, 9}).value();
  EXPECT_EQ(opened.cached, 5);
  EXPECT_EQ(f.append_all(opened.sequence, {9}), (Rows{"123459"}));
  f.cache.close(opened.sequence);
  EXPECT_EQ(f.usage(), "0 free, 3 cached, 0 used");
  EXPECT_EQ(f.cache.open(Ids{1, 2, 3, 4, 5, 9, 9}).value().cached, 6);
}

TEST(Prefixes, ComparesTokensAndNothingElse) {
  CacheFixture f(roomy());
  f.remember({1, 2, 3});
  f.remember({1, 3, 2});
  f.remember({7, 2, 3});
  EXPECT_EQ(f.cache.open(Ids{1, 2, 3, 0}).value().cached, 3);
  EXPECT_EQ(f.cache.open(Ids{1, 3, 3, 0}).value().cached, 2);
  EXPECT_EQ(f.cache.open(Ids{2, 1, 3, 0}).value().cached, 0);
}

TEST(Prefixes, ForgetsABeginningOnceALongerOneIsKnown) {
  CacheFixture f(roomy());
  f.remember({1, 2, 3});
  EXPECT_EQ(f.usage(), "6 free, 2 cached, 0 used");
  f.remember({1, 2, 3, 4});
  EXPECT_EQ(f.usage(), "6 free, 2 cached, 0 used");
  f.remember({1, 2, 3});
  EXPECT_EQ(f.usage(), "6 free, 2 cached, 0 used");
}

TEST(Prefixes, DoesNotKeepWhatAPassThatFailedWasToCompute) {
  CacheFixture f(roomy());
  const Sequence a = f.cache.open().value();
  f.append_all(a, {1, 2, 3});
  ASSERT_EQ(f.cache.reserve(a, 3), Outcome::kOk);
  ml::Graph graph;
  View view = f.cache.view(graph, 3);
  const ml::Tensor input = graph.input("keys", ml::DType::kF32, {3, 1, 1});
  const ml::Tensor results[] = {view[0].append(input, input).keys};
  const auto plan = f.backend->plan(graph, results);
  f.cache.place(Ids{4, 5, 6}, std::vector<Sequence>(3, a), view, *plan);  // and does not run
  f.cache.close(a);
  EXPECT_EQ(f.usage(), "6 free, 2 cached, 0 used");
  EXPECT_EQ(f.cache.open(Ids{1, 2, 3, 4, 5, 6}).value().cached, 3);
}

TEST(Prefixes, KeepsWhatSurvivesOfATruncatedSequence) {
  CacheFixture f(roomy());
  const Sequence a = f.cache.open().value();
  f.append_all(a, {1, 2, 3, 4, 5});
  ASSERT_TRUE(f.cache.truncate(a, 3));
  f.append_all(a, {8, 9});
  f.cache.close(a);
  EXPECT_EQ(f.cache.open(Ids{1, 2, 3, 8, 9, 0}).value().cached, 5);
  EXPECT_EQ(f.cache.open(Ids{1, 2, 3, 4, 5, 0}).value().cached, 4)
      << "its last block had not been whole";
}

}  // namespace
}  // namespace cria::kvcache
