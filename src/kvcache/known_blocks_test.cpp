// What one cache knows of beginnings, in another one.

#include <gtest/gtest.h>

#include <random>

#include "kvcache/test_cache.h"

namespace cria::kvcache {
namespace {

Options roomy(int64_t tokens = 16) {
  Options options = small();
  options.tokens = tokens;
  options.context = tokens;
  options.sequences = 3;
  return options;
}

std::vector<KnownBlock> known(const CacheFixture& f, size_t most = 100) {
  std::vector<KnownBlock> blocks;
  f.cache.give_known([&](const KnownBlock& block) {
    if (blocks.size() == most) return false;
    blocks.push_back(block);
    return true;
  });
  return blocks;
}

bool take(CacheFixture& f, const std::vector<KnownBlock>& blocks) {
  size_t i = 0;
  return f.cache.take_known([&](KnownBlock& block) {
    if (i < blocks.size()) block = blocks[i];
    return i++ < blocks.size();
  });
}

TEST(KnownBlocks, AreSharedInAnotherCache) {
  CacheFixture from(roomy());
  from.remember({1, 2, 3, 4, 5});
  from.remember({1, 2, 7});
  const std::vector<KnownBlock> blocks = known(from);
  ASSERT_EQ(blocks.size(), 4u);
  EXPECT_EQ(blocks[0].tokens, (Ids{1, 2}));
  EXPECT_EQ(blocks[1].tokens, (Ids{7})) << "used last";
  EXPECT_EQ(blocks[1].before, 0);

  CacheFixture to(roomy());
  ASSERT_TRUE(take(to, blocks));
  EXPECT_EQ(to.usage(), "4 free, 4 cached, 0 used");
  const auto opened = to.cache.open(Ids{1, 2, 3, 4, 5, 6}).value();
  EXPECT_EQ(opened.cached, 5);
  const Rows seen = to.append_all(opened.sequence, {6});
  for (const char token : std::string("123456")) {
    EXPECT_NE(seen[0].find(token), std::string::npos) << seen[0];
  }
  to.cache.close(opened.sequence);
  EXPECT_EQ(to.cache.open(Ids{1, 2, 7, 7}).value().cached, 3);
}

TEST(KnownBlocks, AreTakenAsFarAsThereIsRoom) {
  CacheFixture from(roomy());
  from.remember({5, 6, 7, 8});
  from.remember({1, 2, 3, 4});
  CacheFixture to(roomy(6));
  EXPECT_TRUE(take(to, known(from)));
  EXPECT_EQ(to.usage(), "0 free, 3 cached, 0 used");
  EXPECT_EQ(to.cache.open(Ids{1, 2, 3, 4, 0}).value().cached, 4);
  EXPECT_EQ(to.cache.open(Ids{5, 6, 7, 8, 0}).value().cached, 2);
}

TEST(KnownBlocks, AreEvictedInTheSameOrder) {
  CacheFixture from(roomy());
  from.remember({1, 2, 3, 4});
  from.remember({5, 6, 7, 8});
  CacheFixture to(roomy());
  ASSERT_TRUE(take(to, known(from)));
  const Sequence a = to.cache.open().value();
  ASSERT_EQ(to.cache.reserve(a, 10), Outcome::kOk);  // takes one that is cached
  EXPECT_EQ(to.cache.open(Ids{5, 6, 7, 8, 0}).value().cached, 4);
  EXPECT_EQ(to.cache.open(Ids{1, 2, 3, 4, 0}).value().cached, 2);
}

TEST(KnownBlocks, ComeFromWindowsToo) {
  Options options = roomy(24);
  const std::vector<LayerSpec> layers{full_layer(), window_layer(3)};
  CacheFixture from(options, layers), to(options, layers);
  const Ids ids{1, 2, 3, 4, 5, 6, 7, 8, 9};
  from.remember(ids);
  ASSERT_TRUE(take(to, known(from)));
  EXPECT_EQ(to.usage(1), from.usage(1));
  Ids more = ids;
  more.push_back(0);
  EXPECT_EQ(from.cache.open(more).value().cached, 9);
  const auto opened = to.cache.open(more).value();
  ASSERT_EQ(opened.cached, 9);
  const Rows seen = to.append_all(opened.sequence, {0}, 1);
  EXPECT_NE(seen[0].find('8'), std::string::npos);
  EXPECT_NE(seen[0].find('9'), std::string::npos);
  EXPECT_EQ(seen[0].find('7'), std::string::npos);
}

TEST(KnownBlocks, ThatCanNotBeAreRefused) {
  CacheFixture from(roomy());
  from.remember({1, 2, 3, 4, 5});
  const std::vector<KnownBlock> good = known(from);
  const auto refused = [&](size_t index, const std::function<void(KnownBlock&)>& spoil) {
    std::vector<KnownBlock> blocks = good;
    spoil(blocks[index]);
    CacheFixture to(roomy());
    EXPECT_FALSE(take(to, blocks));
    // Those before it stay, and the cache works.
    const auto opened = to.cache.open(Ids{1, 2, 3, 4, 5, 6}).value();
    EXPECT_EQ(opened.cached, static_cast<int64_t>(index) * 2);
    to.append_all(opened.sequence, {9});
    to.cache.close(opened.sequence);
    to.usage();
  };
  refused(0, [](KnownBlock& block) { block.tokens.clear(); });
  refused(0, [](KnownBlock& block) { block.tokens.push_back(3); });
  refused(0, [](KnownBlock& block) { block.before = 0; });
  refused(1, [](KnownBlock& block) { block.before = 1; });
  refused(1, [](KnownBlock& block) { block.before = -2; });
  refused(1, [](KnownBlock& block) { block.groups = 0; });
  refused(1, [](KnownBlock& block) { block.groups = 3; });
  refused(1, [](KnownBlock& block) { block.rows.pop_back(); });
  refused(2, [](KnownBlock& block) { block.rows.push_back({}); });
  refused(1, [&](KnownBlock& block) { block = good[0]; });
}

// Whatever blocks claim to be, the cache stays one that works.
TEST(KnownBlocks, OfAnyKindLeaveTheCacheSound) {
  Options options = roomy(24);
  const std::vector<LayerSpec> layers{full_layer(), window_layer(3)};
  CacheFixture from(options, layers);
  from.remember({1, 2, 3, 4, 5, 6, 7});
  from.remember({1, 2, 3, 9, 9});
  const std::vector<KnownBlock> good = known(from);
  std::mt19937 random(5);
  const auto below = [&](size_t n) { return random() % n; };
  for (int round = 0; round < 500; ++round) {
    std::vector<KnownBlock> blocks;
    for (size_t i = 0; i < 1 + below(12); ++i) {
      KnownBlock block = good[below(good.size())];
      const size_t what = below(8);
      if (what == 0) block.before = static_cast<int32_t>(below(6)) - 2;
      if (what == 1) block.tokens.resize(below(4), 1);
      if (what == 2) block.groups = below(8);
      if (what == 3) block.rows.resize(below(40));
      if (what == 4) block.tokens[0] = static_cast<int32_t>(below(9));
      if (what == 5) block.before = static_cast<int32_t>(i) - 1;
      // Most have the rows that they should.
      CacheFixture any(options, layers);
      if (const auto bytes = any.cache.known_bytes(block); bytes && what != 3) {
        block.rows.resize(*bytes);
      }
      blocks.push_back(std::move(block));
    }
    CacheFixture to(options, layers);
    take(to, blocks);
    for (const Ids& ids : {Ids{1, 2, 3, 4, 5, 6, 7, 8}, Ids{1, 2, 3, 9, 9, 9}, Ids{5, 5, 5}}) {
      const auto opened = to.cache.open(ids).value();
      const auto cached = opened.cached;
      to.append_all(opened.sequence, {ids.begin() + cached, ids.end()});
      to.cache.close(opened.sequence);
    }
    const Sequence all = to.cache.open().value();
    EXPECT_EQ(to.cache.reserve(all, 24), Outcome::kOk) << "everything can be evicted";
    to.cache.close(all);
    to.usage(0);
    to.usage(1);
  }
}

TEST(KnownBlocks, NothingFollowsAPart) {
  CacheFixture from(roomy());
  from.remember({1, 2, 3});
  std::vector<KnownBlock> blocks = known(from);
  blocks.push_back(blocks[1]);
  blocks.back().before = 1;
  CacheFixture to(roomy());
  EXPECT_FALSE(take(to, blocks));
  EXPECT_EQ(to.cache.open(Ids{1, 2, 3, 3}).value().cached, 3);
}

}  // namespace
}  // namespace cria::kvcache
