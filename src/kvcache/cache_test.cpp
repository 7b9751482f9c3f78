#include "kvcache/cache.h"

#include <gtest/gtest.h>

#include "kvcache/test_cache.h"
#include "tests/support/expect_error.h"

namespace cria::kvcache {
namespace {

TEST(Cache, ShowsEachTokenItselfAndWhatCameBefore) {
  CacheFixture f(small());
  const Sequence a = f.cache.open().value();
  ASSERT_EQ(f.cache.reserve(a, 3), Outcome::kOk);
  EXPECT_EQ(f.append({a, a, a}, {1, 2, 3}), (Rows{"1.......", "12......", "123....."}));
  ASSERT_EQ(f.cache.reserve(a, 1), Outcome::kOk);
  EXPECT_EQ(f.append({a}, {4}), (Rows{"1234...."}));
}

TEST(Cache, KeepsSequencesApart) {
  CacheFixture f(small());
  const Sequence a = f.cache.open().value(), b = f.cache.open().value();
  ASSERT_EQ(f.cache.reserve(a, 2), Outcome::kOk);
  ASSERT_EQ(f.cache.reserve(b, 3), Outcome::kOk);
  EXPECT_EQ(f.append({a, b, a, b, b}, {1, 5, 2, 6, 7}),
            (Rows{"1.......", "..5.....", "12......", "..56....", "..567..."}));
  ASSERT_EQ(f.cache.reserve(a, 1), Outcome::kOk);
  EXPECT_EQ(f.append({a, b}, {3, 8}), (Rows{"12....3.", "..5678.."}));
}

TEST(Cache, UsesBlocksAgainOnceASequenceIsTruncated) {
  CacheFixture f(small());
  const Sequence a = f.cache.open().value();
  f.append_all(a, {1, 2, 3, 4, 5});
  EXPECT_EQ(f.usage(), "1 free, 0 cached, 3 used");
  ASSERT_TRUE(f.cache.truncate(a, 1));
  EXPECT_EQ(f.usage(), "2 free, 1 cached, 1 used");
  EXPECT_EQ(f.cache.length(a), 1);
  // The first block is still known as 1 2, so what differs goes to a copy of it.
  ASSERT_EQ(f.cache.reserve(a, 2), Outcome::kOk);
  EXPECT_EQ(f.append({a, a}, {8, 9}), (Rows{"....18..", "....189."}));
  ASSERT_TRUE(f.cache.truncate(a, 0));
  EXPECT_EQ(f.cache.length(a), 0);
}

TEST(Cache, SaysWhenThePoolOrTheContextIsFullAndTakesNothingThen) {
  CacheFixture f(small());
  const Sequence a = f.cache.open().value(), b = f.cache.open().value();
  EXPECT_FALSE(f.cache.open().has_value());
  EXPECT_EQ(f.cache.reserve(a, 7), Outcome::kContextFull);
  ASSERT_EQ(f.cache.reserve(a, 6), Outcome::kOk);
  EXPECT_EQ(f.cache.reserve(b, 3), Outcome::kPoolFull);
  EXPECT_EQ(f.usage(), "1 free, 0 cached, 3 used");
  EXPECT_EQ(f.cache.room(), 2);
  EXPECT_EQ(f.cache.reserve(b, 2), Outcome::kOk);
  EXPECT_EQ(f.cache.room(), 0);
}

TEST(Cache, HasNoContextThatThePoolCouldNotHold) {
  Options options = small();
  options.context = 1000;
  const CacheFixture f(options);
  EXPECT_EQ(f.cache.context(), 8);
}

TEST(Cache, FillsAPassUpWithRowsThatDisturbNobody) {
  CacheFixture f(small());
  const Sequence a = f.cache.open().value();
  ASSERT_EQ(f.cache.reserve(a, 2), Outcome::kOk);
  ml::Graph graph;
  View view = f.cache.view(graph, 3);
  const ml::Tensor input = graph.input("keys", ml::DType::kF32, {3, 1, 1});
  const ml::Tensor results[] = {ml::permute(view[0].append(input, input).keys, {1, 2, 0})};
  const auto plan = f.backend->plan(graph, results);
  const Ids ids{5, 6};
  const Sequence sequences[] = {a, a};
  f.cache.place(ids, sequences, view, *plan);
  const float keys[] = {5, 6, 9};
  std::ranges::copy(std::as_bytes(std::span(keys)), plan->input(input).begin());
  f.backend->run(*plan);
  const auto contents = plan->output(0);
  EXPECT_EQ(std::vector<float>(contents.begin(), contents.begin() + 6),
            (std::vector<float>{9, 0, 5, 6, 0, 0}));
}

TEST(Cache, ForksASequenceAndCopiesWhatEitherWrites) {
  Options options = small();
  options.tokens = 12;
  CacheFixture f(options);
  const Sequence a = f.cache.open().value();
  f.append_all(a, {1, 2, 3});
  const Sequence b = f.cache.fork(a).value();
  EXPECT_EQ(f.usage(), "4 free, 0 cached, 2 used");
  EXPECT_EQ(f.append_all(a, {4}), (Rows{"12..34......"}));
  EXPECT_EQ(f.append_all(b, {5}), (Rows{"1235........"}));
  EXPECT_EQ(f.usage(), "3 free, 0 cached, 3 used");
  f.cache.close(a);
  EXPECT_EQ(f.append_all(b, {6}), (Rows{"1235..6....."}));
  f.cache.close(b);
  EXPECT_EQ(f.usage(), "2 free, 4 cached, 0 used");
}

TEST(Cache, RefusesSizesThatMakeNoSense) {
  test::expect_error([] { const CacheFixture f({.tokens = 0}); }, Error::Code::kInvalidArgument,
                     {"0 tokens"});
  test::expect_error([] { const CacheFixture f({.tokens = 8, .checkpoints = -1}); },
                     Error::Code::kInvalidArgument, {"-1 checkpoints"});
  test::expect_error([] { const CacheFixture f(small(), {window_layer(0)}); },
                     Error::Code::kInvalidArgument, {"layer 0", "window of 0"});
}

}  // namespace
}  // namespace cria::kvcache
