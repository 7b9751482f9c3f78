// Tokens taken out of the middle: what is where afterwards.

#include <gtest/gtest.h>

#include "kvcache/test_cache.h"

namespace cria::kvcache {
namespace {

Options roomy() {
  Options options = small();
  options.tokens = options.context = 20;
  options.sequences = 3;
  return options;
}

// Runs the moves; "rotating" a key by -3 positions takes 300 from it.
void run(CacheFixture& f, const Moves& moves) {
  ml::Graph graph;
  const MoveView view = f.cache.move_view(graph);
  std::vector<ml::Tensor> stored;
  const ml::Tensor delta = graph.input("hundreds", ml::DType::kF32, {f.block_size, 1, 1});
  for (const MoveView::Layer& layer : view.layers) {
    const ml::Tensor keys = ml::rows(layer.keys, view.from[layer.group]) + delta;
    const ml::Tensor values = ml::rows(layer.values, view.from[layer.group]);
    stored.push_back(ml::store(layer.keys, keys, view.to[layer.group]));
    stored.push_back(ml::store(layer.values, values, view.to[layer.group]));
  }
  const auto plan = f.backend->plan(graph, {});
  for (int64_t first = 0; first < moves.count();) {
    first += f.cache.place_moves(moves, first, view, *plan);
    const auto rotations = plan->input(view.delta);
    for (int64_t i = 0; i < f.block_size; ++i) {
      const float by = 100.f * static_cast<float>(reinterpret_cast<int32_t*>(rotations.data())[i]);
      reinterpret_cast<float*>(plan->input(delta).data())[i] = by;
    }
    f.backend->run(*plan);
  }
}

std::string remove(CacheFixture& f, Sequence sequence, int64_t begin, int64_t end) {
  Moves moves;
  switch (f.cache.remove(sequence, begin, end, moves)) {
    case Outcome::kOk:
      run(f, moves);
      return "ok";
    case Outcome::kPoolFull:
      return "pool full";
    case Outcome::kImpossible:
      return "impossible";
    default:
      return "?";
  }
}

TEST(Removal, MovesWhatFollowsAndRotatesItsKeys) {
  CacheFixture f(roomy());
  const Sequence a = f.cache.open().value();
  f.append_all(a, {1, 2, 3, 4, 5, 6, 7});
  EXPECT_EQ(remove(f, a, 1, 4), "ok");
  EXPECT_EQ(f.cache.length(a), 4);
  EXPECT_EQ(f.append_all(a, {8, 9}),
            (Rows{"1-295-294-2938...............", "1-295-294-29389.............."}));
  f.cache.close(a);
  EXPECT_EQ(f.usage(), "10 free, 0 cached, 0 used") << "of use to nobody else";
}

TEST(Removal, TakesAnyRange) {
  for (int64_t begin = 0; begin < 7; ++begin) {
    for (int64_t end = begin; end <= 7; ++end) {
      CacheFixture f(roomy());
      const Sequence a = f.cache.open().value();
      Ids ids{11, 12, 13, 14, 15, 16, 17};
      f.append_all(a, ids);
      ASSERT_EQ(remove(f, a, begin, end), "ok");
      std::string expected;
      for (int64_t i = 0; i < 7; ++i) {
        const int64_t id = 11 + i - (i >= end ? 100 * (end - begin) : 0);
        if (i < begin || i >= end) expected += std::to_string(id);
      }
      std::string row = f.append_all(a, {19}).at(0);
      std::erase(row, '.');
      EXPECT_EQ(row, expected + "19") << begin << " to " << end;
    }
  }
}

TEST(Removal, WorksWithoutAnyRoomToSpare) {
  Options options = small();
  options.tokens = options.context = 8;
  options.sequences = 1;
  CacheFixture f(options);
  const Sequence a = f.cache.open().value();
  f.append_all(a, {1, 2, 3, 4, 5, 6, 7, 8});
  EXPECT_EQ(f.usage(), "0 free, 0 cached, 4 used");
  EXPECT_EQ(remove(f, a, 3, 5), "ok");
  EXPECT_EQ(f.usage(), "1 free, 0 cached, 3 used");
  EXPECT_EQ(f.append_all(a, {9}), (Rows{"123-194-193-1929."}));
}

TEST(Removal, CopiesWhatOthersShare) {
  CacheFixture f(roomy());
  f.remember({1, 2, 3, 4, 5, 6});
  const auto a = f.cache.open(Ids{1, 2, 3, 4, 5, 6, 0}).value();
  const auto b = f.cache.open(Ids{1, 2, 3, 4, 5, 6, 0}).value();
  EXPECT_EQ(f.usage(), "7 free, 0 cached, 3 used");
  EXPECT_EQ(remove(f, a.sequence, 1, 3), "ok");
  EXPECT_EQ(f.usage(), "5 free, 0 cached, 5 used");
  EXPECT_EQ(f.append_all(b.sequence, {7}), (Rows{"123456....7........."}));
  std::string row = f.append_all(a.sequence, {8}).at(0);
  std::erase(row, '.');
  EXPECT_EQ(row, "1-196-195-1948");
}

TEST(Removal, SaysWhenThereIsNoRoomForCopies) {
  Options options = small();
  options.tokens = options.context = 8;
  CacheFixture f(options);
  f.remember({1, 2, 3, 4, 5, 6});
  const auto a = f.cache.open(Ids{1, 2, 3, 4, 5, 6, 0}).value();
  const auto b = f.cache.open(Ids{1, 2, 3, 4, 5, 6, 0}).value();
  EXPECT_EQ(remove(f, a.sequence, 0, 2), "pool full");
  EXPECT_EQ(f.cache.length(a.sequence), 6);
  f.cache.close(b.sequence);
  EXPECT_EQ(remove(f, a.sequence, 0, 2), "ok");
}

TEST(Removal, LeavesTheBeginningToBeShared) {
  CacheFixture f(roomy());
  const Sequence a = f.cache.open().value();
  f.append_all(a, {1, 2, 3, 4, 5, 6});
  EXPECT_EQ(remove(f, a, 2, 4), "ok");
  f.append_all(a, {7, 8, 9});
  f.cache.close(a);
  EXPECT_EQ(f.cache.open(Ids{1, 2, 3, 4, 5}).value().cached, 2);
  EXPECT_EQ(f.cache.open(Ids{1, 2, 5, 6, 7}).value().cached, 2);
}

TEST(Removal, MovesTheWindowOfAWindowLayer) {
  CacheFixture f(roomy(), {full_layer(), window_layer(4)});
  const Sequence a = f.cache.open().value();
  f.append_all(a, {11, 12, 13, 14, 15, 16, 17, 18, 19});
  EXPECT_EQ(remove(f, a, 1, 5), "ok");
  std::string row = f.append_all(a, {20}, 1).at(0);
  std::erase(row, '.');
  EXPECT_EQ(row, "-383-382-38120");
  row = f.append_all(a, {21}, 0).at(0);
  std::erase(row, '.');
  EXPECT_EQ(row, "11-384-383-382-3812021");
}

TEST(Removal, MovesAWindowBackOverWhatItHasFreed) {
  CacheFixture f(roomy(), {full_layer(), window_layer(4)});
  const Sequence a = f.cache.open().value();
  f.append_all(a, {11, 12, 13, 14, 15, 16, 17, 18, 19, 20, 21, 22, 23, 24, 25, 26}, 0, 1);
  EXPECT_EQ(remove(f, a, 1, 12), "ok");
  std::string row = f.append_all(a, {27}, 1).at(0);
  std::erase(row, '.');
  EXPECT_EQ(row, "-1076-1075-107427");
  f.cache.close(a);
  EXPECT_EQ(f.cache.usage()[1].used, 0);
}

TEST(Removal, LeavesToOthersWhatOnlyTheirFullLayersShare) {
  Options options = roomy();
  options.tokens = 40;
  CacheFixture f(options, {full_layer(), window_layer(4)});
  f.remember({1, 2, 3, 4, 5, 6, 7, 8});
  const auto a = f.cache.open(Ids{1, 2, 3, 4, 5, 6, 7, 8, 9}).value();
  const auto b = f.cache.open(Ids{1, 2, 3, 4, 5, 6, 7, 8, 9}).value();
  f.append_all(b.sequence, {9, 10, 11, 12, 13});  // past the window that both began with
  EXPECT_EQ(remove(f, a.sequence, 1, 3), "ok");
  std::string row = f.append_all(b.sequence, {14}).at(0);
  std::erase(row, '.');
  EXPECT_EQ(row, "1234567891011121314");
  f.cache.close(a.sequence);
  f.cache.close(b.sequence);
  EXPECT_EQ(f.cache.usage()[0].used + f.cache.usage()[1].used, 0);
}

TEST(Removal, CanNotGiveAWindowWhatItHasLeftBehind) {
  CacheFixture f(roomy(), {full_layer(), window_layer(4)});
  const Sequence a = f.cache.open().value();
  f.append_all(a, {1, 2, 3, 4, 5, 6, 7, 8, 9}, 0, 1);
  EXPECT_EQ(remove(f, a, 4, 8), "impossible");
  EXPECT_EQ(f.cache.length(a), 9);
}

}  // namespace
}  // namespace cria::kvcache
