// Layers that keep other things than all keys and values: windows, encoders, recurrent states.

#include <gtest/gtest.h>

#include <algorithm>

#include "kvcache/test_cache.h"

namespace cria::kvcache {
namespace {

Options long_context() {
  Options options = small();
  options.tokens = options.context = 40;
  options.pass = 3;
  return options;
}

Ids ids_until(int32_t end) {
  Ids ids;
  for (int32_t id = 1; id <= end; ++id) ids.push_back(id % 10);
  return ids;
}

// The keys that a row shows, in order of the pool.
std::string seen(std::string row) {
  std::erase(row, '.');
  std::ranges::sort(row);
  return row;
}

TEST(WindowLayer, ShowsTheLastTokensAndFreesTheOthers) {
  CacheFixture f(long_context(), {window_layer(3)});
  const Sequence a = f.cache.open().value();
  EXPECT_EQ(seen(f.append_all(a, {1, 2, 3, 4, 5}).back()), "345");
  const std::string shown = f.append_all(a, {6, 7, 8, 9}, 0, 1).back();
  EXPECT_EQ(seen(shown), "789");
  const Cache::Usage usage = f.cache.usage()[0];
  EXPECT_EQ(usage.used, 2) << "8 9 and, of those that the next one sees, no other";
  EXPECT_EQ(usage.kind, LayerKind::kWindow);
  EXPECT_EQ(usage.window, 3);
}

TEST(WindowLayer, NeedsNoMoreMemoryForALongSequence) {
  Options options = long_context();
  options.tokens = options.context = 2000;
  CacheFixture f(options, {window_layer(3)});
  EXPECT_LE(f.cache.usage()[0].all, 15);
  const Sequence a = f.cache.open().value();
  EXPECT_EQ(seen(f.append_all(a, ids_until(1999)).back()), "789");
  f.cache.close(a);
  const Sequence b = f.cache.open().value();
  EXPECT_EQ(seen(f.append_all(b, ids_until(1998)).back()), "678");
}

TEST(WindowLayer, HasATableOfItsOwnBesideAFullOne) {
  CacheFixture f(long_context(), {full_layer(), window_layer(3)});
  const Sequence a = f.cache.open().value();
  f.append_all(a, {1, 2, 3, 4, 5, 6, 7});
  EXPECT_EQ(seen(f.append_all(a, {8}, 0).back()), "12345678");
  EXPECT_EQ(seen(f.append_all(a, {9}, 1).back()), "789");
  EXPECT_EQ(f.usage(0), "15 free, 0 cached, 5 used");
  EXPECT_EQ(f.cache.usage()[1].used, 2);
}

TEST(WindowLayer, GoesOnFromABeginningWhoseWindowIsStillThere) {
  CacheFixture f(long_context(), {full_layer(), window_layer(3)});
  f.remember({1, 2, 3, 4, 5, 6, 7});
  const auto opened = f.cache.open(Ids{1, 2, 3, 4, 5, 6, 7, 8}).value();
  EXPECT_EQ(opened.cached, 7);
  EXPECT_EQ(seen(f.append_all(opened.sequence, {8}, 1).back()), "678");
  EXPECT_EQ(seen(f.append_all(opened.sequence, {9}, 0).back()), "123456789");
  f.cache.close(opened.sequence);
  const auto early = f.cache.open(Ids{1, 2, 3, 4, 9}).value();
  EXPECT_EQ(early.cached, 4) << "nobody needed the room yet";
  EXPECT_EQ(seen(f.append_all(early.sequence, {9}, 1).back()), "349");
}

TEST(WindowLayer, DoesNotGoOnFromWhereItsWindowIsGone) {
  Options options = long_context();
  options.tokens = options.context = 80;
  CacheFixture f(options, {full_layer(), window_layer(3)});
  f.remember(ids_until(40));
  f.remember(Ids(30, 9));  // takes the room of windows that were passed long ago
  const auto early = f.cache.open(ids_until(31)).value();
  EXPECT_LT(early.cached, 30);
  f.cache.close(early.sequence);
  Ids longer = ids_until(40);
  longer.push_back(7);
  const auto late = f.cache.open(longer).value();
  EXPECT_EQ(late.cached, 40) << "ends are given up after what was passed";
  EXPECT_EQ(seen(f.append_all(late.sequence, {7}, 1).back()), "079");
}

TEST(WindowLayer, GoesBackOnlyAsFarAsItsWindowIsThere) {
  CacheFixture f(long_context(), {window_layer(3)});
  const Sequence a = f.cache.open().value();
  f.append_all(a, {1, 2, 3, 4, 5, 6, 7, 8}, 0, 1);
  EXPECT_FALSE(f.cache.truncate(a, 3));
  EXPECT_EQ(f.cache.length(a), 8);
  EXPECT_TRUE(f.cache.truncate(a, 8));
  EXPECT_TRUE(f.cache.truncate(a, 0));
  EXPECT_EQ(seen(f.append_all(a, {5, 6}).back()), "56");
}

const std::vector<LayerSpec> kBothWays = {
    {.kv_heads = 1, .head_dim = 1, .kind = LayerKind::kBidirectional}};

TEST(BidirectionalLayer, ShowsEachTokenAllOfItsSequence) {
  CacheFixture f(small(), kBothWays);
  const Sequence a = f.cache.open().value(), b = f.cache.open().value();
  ASSERT_EQ(f.cache.reserve(a, 3), Outcome::kOk);
  ASSERT_EQ(f.cache.reserve(b, 2), Outcome::kOk);
  EXPECT_EQ(f.append({a, b, a, a, b}, {1, 5, 2, 3, 6}),
            (Rows{"123.....", "....56..", "123.....", "123.....", "....56.."}));
}

TEST(BidirectionalLayer, KeepsItsSequenceForNobodyElse) {
  CacheFixture f(small(), kBothWays);
  f.remember({1, 2, 3});
  EXPECT_EQ(f.usage(), "4 free, 0 cached, 0 used");
  EXPECT_EQ(f.cache.open(Ids{1, 2, 3, 4}).value().cached, 0);
}

TEST(BidirectionalLayer, CanForgetAllOrNothing) {
  CacheFixture f(small(), kBothWays);
  const Sequence a = f.cache.open().value();
  f.append_all(a, {1, 2, 3});
  Moves moves;
  EXPECT_FALSE(f.cache.truncate(a, 2));
  EXPECT_EQ(f.cache.remove(a, 0, 1, moves), Outcome::kImpossible);
  EXPECT_EQ(f.cache.length(a), 3);
  ASSERT_TRUE(f.cache.truncate(a, 0));
  EXPECT_EQ(f.append_all(a, {7, 8}).back(), "78......");
}

// A pass over the encoder's output: its keys are these.
void encode(CacheFixture& f, Sequence sequence, const Ids& ids, size_t index = 0) {
  ml::Graph graph;
  const auto tokens = static_cast<int64_t>(ids.size());
  View view = f.cache.encoded_view(graph, tokens);
  const ml::Tensor input = graph.input("keys", ml::DType::kF32, {tokens, 1, 1});
  const ml::Tensor results[] = {view[1].append(input, input).keys};
  const auto plan = f.backend->plan(graph, results);
  f.cache.place_encoded(sequence, index, view, *plan);
  const std::vector<float> keys(ids.begin(), ids.end());
  std::ranges::copy(std::as_bytes(std::span(keys)), plan->input(input).begin());
  f.backend->run(*plan);
}

// What each token sees of what the encoder wrote, and whether anything was written.
Rows look(CacheFixture& f, const std::vector<Sequence>& sequences) {
  ml::Graph graph;
  const auto tokens = static_cast<int64_t>(sequences.size());
  View view = f.cache.view(graph, tokens);
  const ml::Tensor input = graph.input("keys", ml::DType::kF32, {tokens, 1, 1});
  const ml::Tensor stored = view[0].append(input, input).keys;
  const ml::History& history = view[1].history();
  const ml::Tensor mask = ml::apply(
      ml::Op::kHistoryMask,
      {history.keys, history.tables, history.sequences, history.positions, history.firsts},
      ml::AttentionOptions{.block_size = f.block_size});
  const ml::Tensor results[] = {ml::exp(mask), ml::permute(history.keys, {1, 2, 0}),
                                view.encoded.any * 1.f, stored, view.encoded.shown * 1.f};
  const auto plan = f.backend->plan(graph, results);
  for (const Sequence sequence : sequences) {
    EXPECT_EQ(f.cache.reserve(sequence, std::ranges::count(sequences, sequence)), Outcome::kOk);
  }
  f.cache.place(Ids(sequences.size(), 1), sequences, view, *plan);
  f.backend->run(*plan);
  f.cache.commit(sequences);
  Rows rows;
  const size_t slots = plan->output(1).size();
  for (size_t t = 0; t < sequences.size(); ++t) {
    rows.emplace_back();
    if (plan->output(2)[t] == 0) continue;
    if (plan->output(4)[t] == 0) rows.back() += "before ";
    for (size_t s = 0; s < slots; ++s) {
      const bool sees = plan->output(0)[t * slots + s] == 1;
      if (sees) rows.back() += std::to_string(static_cast<int>(plan->output(1)[s]));
    }
  }
  return rows;
}

Options with_encoder() {
  Options options = long_context();
  options.encoder_rows = 8;
  options.sequences = 3;
  return options;
}

const std::vector<LayerSpec> kCrossAttention = {
    full_layer(), {.kv_heads = 1, .head_dim = 1, .kind = LayerKind::kEncoder}};

TEST(EncoderLayer, IsWrittenOnceAndSeenWholeByEveryToken) {
  CacheFixture f(with_encoder(), kCrossAttention);
  const Sequence a = f.cache.open().value(), b = f.cache.open().value();
  ASSERT_EQ(f.cache.reserve_encoded(a, std::vector<Encoding>{{0, 5, 5}}), Outcome::kOk);
  encode(f, a, {1, 2, 3, 4, 5});
  EXPECT_EQ(look(f, {a, b, a}), (Rows{"12345", "", "12345"}));
  const Sequence c = f.cache.fork(a).value();
  f.cache.close(a);
  EXPECT_EQ(look(f, {b, c}), (Rows{"", "12345"}));
  EXPECT_EQ(f.usage(1), "1 free, 0 cached, 3 used");
  f.cache.close(c);
  EXPECT_EQ(f.usage(1), "4 free, 0 cached, 0 used");
}

// Rows of two pictures, 5 and 9 of which are filling.
TEST(EncoderLayer, ShowsATokenThePictureBeforeIt) {
  CacheFixture f(with_encoder(), kCrossAttention);
  const Sequence a = f.cache.open().value();
  ASSERT_EQ(f.cache.reserve_encoded(a, std::vector<Encoding>{{1, 3, 2}, {3, 4, 3}}), Outcome::kOk);
  encode(f, a, {1, 2, 5}, 0);
  encode(f, a, {6, 7, 8, 9}, 1);
  EXPECT_EQ(look(f, {a, a, a, a, a}), (Rows{"before 1267859", "12", "12", "678", "678"}));
}

TEST(EncoderLayer, ShowsNeighboursTogether) {
  CacheFixture f(with_encoder(), kCrossAttention);
  const Sequence a = f.cache.open().value();
  ASSERT_EQ(f.cache.reserve_encoded(a, std::vector<Encoding>{{0, 3, 2}, {1, 4, 3}}), Outcome::kOk);
  encode(f, a, {1, 2, 5}, 0);
  encode(f, a, {6, 7, 8, 9}, 1);
  EXPECT_EQ(look(f, {a, a, a}), (Rows{"12", "12678", "12678"}));
}

TEST(EncoderLayer, ForgetsThePictureOfATokenThatIsRemoved) {
  CacheFixture f(with_encoder(), kCrossAttention);
  const Sequence a = f.cache.open().value();
  ASSERT_EQ(f.cache.reserve_encoded(a, std::vector<Encoding>{{0, 2, 2}, {2, 2, 2}, {4, 2, 2}}),
            Outcome::kOk);
  for (int32_t i = 0; i < 3; ++i) encode(f, a, {2 * i + 1, 2 * i + 2}, static_cast<size_t>(i));
  EXPECT_EQ(look(f, {a, a, a, a, a}), (Rows{"12", "12", "34", "34", "56"}));
  Moves moves;
  ASSERT_EQ(f.cache.remove(a, 3, 5, moves), Outcome::kOk);
  EXPECT_EQ(look(f, {a}), (Rows{"34"}));
  ASSERT_EQ(f.cache.remove(a, 0, 3, moves), Outcome::kOk);
  EXPECT_FALSE(f.cache.has_encoded(a));
  EXPECT_EQ(look(f, {a}), (Rows{""}));
}

TEST(EncoderLayer, SaysWhenThereIsNoRoomForWhatAnEncoderWrites) {
  CacheFixture f(with_encoder(), kCrossAttention);
  const Sequence a = f.cache.open().value(), b = f.cache.open().value();
  EXPECT_EQ(f.cache.reserve_encoded(a, std::vector<Encoding>{{0, 9, 9}}), Outcome::kContextFull);
  EXPECT_EQ(f.cache.reserve_encoded(a, std::vector<Encoding>{{0, 5, 5}}), Outcome::kOk);
  EXPECT_EQ(f.cache.reserve_encoded(b, std::vector<Encoding>{{0, 3, 3}}), Outcome::kPoolFull);
  EXPECT_EQ(f.cache.reserve_encoded(b, std::vector<Encoding>{{0, 2, 2}}), Outcome::kOk);
}

TEST(EncoderLayer, KeepsItsSequenceForNobodyElse) {
  CacheFixture f(with_encoder(), kCrossAttention);
  const Sequence a = f.cache.open().value();
  ASSERT_EQ(f.cache.reserve_encoded(a, std::vector<Encoding>{{0, 2, 2}}), Outcome::kOk);
  encode(f, a, {1, 2});
  f.append_all(a, {1, 2, 3, 4, 5});
  f.cache.close(a);
  EXPECT_EQ(f.usage(0), "20 free, 0 cached, 0 used");
  EXPECT_EQ(f.cache.open(Ids{1, 2, 3, 4}).value().cached, 0);
}

// A state [1, 1] that sums up what each sequence has read: one token of each per pass.
struct Sums {
  explicit Sums(const Options& options)
      : f(options, {full_layer(), {.kind = LayerKind::kRecurrent, .recurrent = {{1, 1}}}}) {}

  Rows add(const std::vector<Sequence>& sequences, const Ids& ids) {
    ml::Graph graph;
    const auto tokens = static_cast<int64_t>(ids.size());
    View view = f.cache.view(graph, tokens);
    const ml::Tensor input = graph.input("ids", ml::DType::kF32, {tokens, 1, 1});
    const ml::Tensor keys = view[0].append(input, input).keys;
    const ml::Tensor sums = ml::rows(view[1].state(0), view[1].slots()) + input;
    view[1].set_state(0, ml::store(view[1].state(0), sums, view[1].slots()));
    const ml::Tensor results[] = {sums, view[1].state(0), keys};
    const auto plan = f.backend->plan(graph, results);
    for (const Sequence sequence : sequences) EXPECT_EQ(f.cache.reserve(sequence, 1), Outcome::kOk);
    f.cache.place(ids, sequences, view, *plan);
    const std::vector<float> floats(ids.begin(), ids.end());
    std::ranges::copy(std::as_bytes(std::span(floats)), plan->input(input).begin());
    f.backend->run(*plan);
    f.cache.commit(sequences);
    Rows rows;
    for (const float sum : plan->output(0)) rows.push_back(std::to_string(static_cast<int>(sum)));
    return rows;
  }
  std::string add_all(Sequence sequence, const Ids& ids) {
    Rows last;
    for (const int32_t id : ids) last = add({sequence}, {id});
    return last.at(0);
  }

  CacheFixture f;
};

Options with_states() {
  Options options = long_context();
  options.sequences = 3;
  options.checkpoints = 2;
  return options;
}

TEST(RecurrentLayer, KeepsAStateForEachSequence) {
  Sums sums(with_states());
  const Sequence a = sums.f.cache.open().value(), b = sums.f.cache.open().value();
  EXPECT_EQ(sums.add({a, b}, {1, 10}), (Rows{"1", "10"}));
  EXPECT_EQ(sums.add({b, a}, {20, 2}), (Rows{"30", "3"}));
  EXPECT_EQ(sums.f.usage(1), "3 free, 0 cached, 2 used");
  ASSERT_TRUE(sums.f.cache.truncate(a, 0));
  EXPECT_EQ(sums.add({a}, {5}), (Rows{"5"})) << "and begins at zero";
  EXPECT_FALSE(sums.f.cache.truncate(b, 1));
}

TEST(RecurrentLayer, CopiesAForkedStateOnceItIsWritten) {
  Sums sums(with_states());
  const Sequence a = sums.f.cache.open().value();
  sums.add({a}, {1});
  const Sequence b = sums.f.cache.fork(a).value();
  EXPECT_EQ(sums.f.usage(1), "4 free, 0 cached, 1 used");
  EXPECT_EQ(sums.add({a, b}, {2, 3}), (Rows{"3", "4"}));
  EXPECT_EQ(sums.f.usage(1), "3 free, 0 cached, 2 used");
}

TEST(RecurrentLayer, GoesOnFromTheStateOfASequenceThatEnded) {
  Sums sums(with_states());
  const Sequence a = sums.f.cache.open().value();
  sums.add_all(a, {1, 2, 3});
  sums.f.cache.close(a);
  EXPECT_EQ(sums.f.usage(1), "4 free, 1 cached, 0 used");
  const auto b = sums.f.cache.open(Ids{1, 2, 3, 4}).value();
  EXPECT_EQ(b.cached, 3);
  EXPECT_EQ(sums.add_all(b.sequence, {4}), "10");
  const auto c = sums.f.cache.open(Ids{1, 2, 4, 4}).value();
  EXPECT_EQ(c.cached, 0) << "there is no state after 1 2";
  EXPECT_EQ(sums.add_all(c.sequence, {1, 2, 4}), "7");
}

TEST(RecurrentLayer, SavesStatesWhileASequenceRuns) {
  Sums sums(with_states());
  const Sequence a = sums.f.cache.open().value();
  sums.add_all(a, Ids(20, 1));
  const auto b = sums.f.cache.open(Ids(20, 1)).value();
  EXPECT_EQ(b.cached, 16) << "eight blocks";
  EXPECT_EQ(sums.add_all(b.sequence, {5}), "21");
  EXPECT_EQ(sums.add_all(a, {5}), "25");
}

TEST(RecurrentLayer, GoesOnFromTheStateOfAnotherCache) {
  Sums from(with_states()), to(with_states());
  const Sequence a = from.f.cache.open().value();
  from.add_all(a, {1, 2, 3});
  from.f.cache.close(a);
  std::vector<KnownBlock> blocks;
  from.f.cache.give_known([&](const KnownBlock& block) {
    blocks.push_back(block);
    return true;
  });
  ASSERT_TRUE(to.f.cache.take_known([&, i = size_t{0}](KnownBlock& block) mutable {
    if (i < blocks.size()) block = blocks[i];
    return i++ < blocks.size();
  }));
  EXPECT_EQ(to.f.usage(1), "4 free, 1 cached, 0 used");
  const auto b = to.f.cache.open(Ids{1, 2, 3, 4}).value();
  EXPECT_EQ(b.cached, 3);
  EXPECT_EQ(to.add_all(b.sequence, {4}), "10");
}

TEST(RecurrentLayer, GivesUpTheOldestStatesFirst) {
  Sums sums(with_states());
  for (const int32_t first : {1, 2, 3, 4, 5}) {
    const Sequence a = sums.f.cache.open().value();
    sums.add_all(a, {first, 1});
    sums.f.cache.close(a);
  }
  EXPECT_EQ(sums.f.usage(1), "0 free, 5 cached, 0 used");
  const auto a = sums.f.cache.open(Ids{5, 1, 7}).value();
  EXPECT_EQ(a.cached, 2);
  EXPECT_EQ(sums.add_all(a.sequence, {7}), "13");
  EXPECT_EQ(sums.f.cache.open(Ids{1, 1, 7}).value().cached, 0);
  EXPECT_EQ(sums.f.cache.open(Ids{4, 1, 7}).value().cached, 2);
}

TEST(RecurrentLayer, CanNotForgetTheMiddle) {
  Sums sums(with_states());
  const Sequence a = sums.f.cache.open().value();
  sums.add_all(a, {1, 2, 3});
  Moves moves;
  EXPECT_EQ(sums.f.cache.remove(a, 0, 1, moves), Outcome::kImpossible);
  EXPECT_EQ(sums.f.cache.length(a), 3);
}

}  // namespace
}  // namespace cria::kvcache
