#include "tokenizer/merge.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <map>
#include <random>
#include <utility>

namespace cria::tokenizer {
namespace {

using Ids = std::vector<Id>;
using Table = std::map<std::pair<Id, Id>, Joined>;

std::optional<Joined> look_up(const Table& table, Id left, Id right) {
  const auto found = table.find({left, right});
  return found == table.end() ? std::nullopt : std::optional(found->second);
}

// As the definition says: the best pair of all, the leftmost of equal ones, again and again.
Ids merged_slowly(Ids ids, const Table& table) {
  for (;;) {
    std::optional<Joined> best;
    size_t place = 0;
    for (size_t i = 0; i + 1 < ids.size(); ++i) {
      const std::optional<Joined> joined = look_up(table, ids[i], ids[i + 1]);
      if (joined && (!best || joined->rank < best->rank)) best = joined, place = i;
    }
    if (!best) return ids;
    ids[place] = best->id;
    ids.erase(ids.begin() + static_cast<std::ptrdiff_t>(place) + 1);
  }
}

struct Result {
  Ids ids;
  size_t look_ups = 0;
};

Result merged(const Ids& ids, const Table& table) {
  Merger merger;
  merger.reserve(ids.size());
  for (uint32_t i = 0; i < ids.size(); ++i) merger.add(i, i + 1, ids[i]);
  Result result;
  merger.merge([&](const Symbol& left, const Symbol& right) {
    ++result.look_ups;
    return look_up(table, left.id, right.id);
  });
  merger.for_each([&](const Symbol& symbol) { result.ids.push_back(symbol.id); });
  return result;
}

TEST(Merger, JoinsWhatTheDefinitionJoins) {
  std::mt19937 random(3);
  const auto below = [&](size_t limit) { return static_cast<Id>(random() % limit); };
  for (int round = 0; round < 500; ++round) {
    Table table;
    for (uint32_t i = 0; i < 12; ++i) {  // ranks that repeat, and fall where others rise
      table[{below(6), below(6)}] = {static_cast<uint32_t>(below(8)), below(6)};
    }
    Ids ids(random() % 60);
    for (Id& id : ids) id = random() % 3 == 0 ? below(6) : 1;
    ASSERT_EQ(merged(ids, table).ids, merged_slowly(ids, table)) << "round " << round;
  }
}

TEST(Merger, LooksUpInProportionToTheLength) {
  const Table table = {
      {{0, 0}, {0, 1}}, {{1, 1}, {1, 2}}, {{2, 2}, {2, 3}}, {{4, 0}, {9, 5}}, {{0, 4}, {8, 6}}};
  const size_t few = merged(Ids(100'000, 0), table).look_ups;
  EXPECT_LE(few, 400'000u);
  EXPECT_LE(merged(Ids(1'000'000, 0), table).look_ups, 10 * few + 100);
}

TEST(CandidateQueue, GivesTheBestFirst) {
  std::mt19937 random(5);
  CandidateQueue queue;
  std::vector<uint64_t> expected;
  for (int round = 0; round < 2000; ++round) {
    if (expected.empty() || random() % 5 < 3) {
      const uint64_t priority = random() % 1000;
      queue.push({priority, 0, 0});
      expected.push_back(priority);
    } else {
      const auto best = std::min_element(expected.begin(), expected.end());
      ASSERT_EQ(queue.pop().priority, *best);
      expected.erase(best);
    }
    ASSERT_EQ(queue.empty(), expected.empty());
  }
}

}  // namespace
}  // namespace cria::tokenizer
