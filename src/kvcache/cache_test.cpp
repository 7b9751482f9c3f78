#include "kvcache/cache.h"

#include <gtest/gtest.h>

#include <cmath>

#include "tests/support/expect_error.h"

namespace cria::kvcache {
namespace {

using Outcome = Cache::Outcome;

// One layer with one head of one dimension: a key is a number.
const LayerSpec kLayer{.kv_heads = 1, .head_dim = 1};

struct Fixture {
  explicit Fixture(const Options& options)
      : backend(ml::make_backend("reference", {.threads = 1})),
        cache(*backend, std::span(&kLayer, 1), options) {}

  // Appends keys to sequences; gives what attention may see: per token the mask over the pool's
  // slots, `.` unseen.
  std::vector<std::string> append(const std::vector<Sequence>& sequences,
                                  const std::vector<float>& keys) {
    ml::Graph graph;
    const int64_t tokens = static_cast<int64_t>(keys.size());
    View view = cache.view(graph, tokens);
    const ml::Tensor input = graph.input("keys", ml::DType::kF32, {tokens, 1, 1});
    const ml::History history = view[0].append(input, input);
    const ml::Tensor mask = ml::apply(
        ml::Op::kHistoryMask, {history.keys, history.tables, history.sequences, history.positions},
        ml::AttentionOptions{.block_size = 2});
    const ml::Tensor contents = ml::permute(history.keys, {1, 2, 0});
    const ml::Tensor results[] = {ml::exp(mask), contents};
    const auto plan = backend->plan(graph, results);
    cache.place(sequences, view, *plan);
    std::copy_n(reinterpret_cast<const std::byte*>(keys.data()), keys.size() * sizeof(float),
                plan->input(input).data());
    backend->run(*plan);
    std::vector<std::string> rows;
    const size_t slots = plan->output(1).size();
    for (size_t t = 0; t < keys.size(); ++t) {
      std::string row;
      for (size_t s = 0; s < slots; ++s) {
        const bool seen = plan->output(0)[t * slots + s] == 1;
        row += seen ? std::to_string(static_cast<int>(plan->output(1)[s])) : ".";
      }
      rows.push_back(row);
    }
    return rows;
  }

  std::unique_ptr<ml::Backend> backend;
  Cache cache;
};

Options small() {
  return {.key_type = ml::DType::kF32,
          .value_type = ml::DType::kF32,
          .tokens = 8,
          .sequences = 2,
          .context = 6,
          .block_size = 2};
}

using Rows = std::vector<std::string>;

TEST(Cache, ShowsEachTokenItselfAndWhatCameBefore) {
  Fixture f(small());
  const Sequence a = f.cache.open().value();
  ASSERT_EQ(f.cache.reserve(a, 3), Outcome::kOk);
  EXPECT_EQ(f.append({a, a, a}, {1, 2, 3}), (Rows{"1.......", "12......", "123....."}));
  ASSERT_EQ(f.cache.reserve(a, 1), Outcome::kOk);
  EXPECT_EQ(f.append({a}, {4}), (Rows{"1234...."}));
}

TEST(Cache, KeepsSequencesApartInSharedBlocks) {
  Fixture f(small());
  const Sequence a = f.cache.open().value(), b = f.cache.open().value();
  ASSERT_EQ(f.cache.reserve(a, 2), Outcome::kOk);
  ASSERT_EQ(f.cache.reserve(b, 3), Outcome::kOk);
  EXPECT_EQ(f.append({a, b, a, b, b}, {1, 5, 2, 6, 7}),
            (Rows{"1.......", "..5.....", "12......", "..56....", "..567..."}));
  ASSERT_EQ(f.cache.reserve(a, 1), Outcome::kOk);
  EXPECT_EQ(f.append({a, b}, {3, 8}), (Rows{"12....3.", "..5678.."}));
}

TEST(Cache, UsesBlocksAgainOnceASequenceIsClosedOrTruncated) {
  Fixture f(small());
  const Sequence a = f.cache.open().value();
  ASSERT_EQ(f.cache.reserve(a, 5), Outcome::kOk);
  f.append({a, a, a, a, a}, {1, 2, 3, 4, 5});
  EXPECT_EQ(f.cache.free_blocks(), 1);
  f.cache.truncate(a, 1);
  EXPECT_EQ(f.cache.free_blocks(), 3);
  EXPECT_EQ(f.cache.length(a), 1);
  ASSERT_EQ(f.cache.reserve(a, 2), Outcome::kOk);
  EXPECT_EQ(f.append({a, a}, {8, 9}), (Rows{"18......", "189....."}));
  f.cache.close(a);
  EXPECT_EQ(f.cache.free_blocks(), 4);
}

TEST(Cache, SaysWhenThePoolOrTheContextIsFullAndTakesNothingThen) {
  Fixture f(small());
  const Sequence a = f.cache.open().value(), b = f.cache.open().value();
  EXPECT_FALSE(f.cache.open().has_value());
  EXPECT_EQ(f.cache.reserve(a, 7), Outcome::kContextFull);
  ASSERT_EQ(f.cache.reserve(a, 6), Outcome::kOk);
  EXPECT_EQ(f.cache.reserve(b, 3), Outcome::kPoolFull);
  EXPECT_EQ(f.cache.free_blocks(), 1);
  EXPECT_EQ(f.cache.reserve(b, 2), Outcome::kOk);
}

TEST(Cache, RefusesSizesThatAreNotPositive) {
  test::expect_error([] { const Fixture f({.tokens = 0}); }, Error::Code::kInvalidArgument,
                     {"0 tokens"});
}

}  // namespace
}  // namespace cria::kvcache
