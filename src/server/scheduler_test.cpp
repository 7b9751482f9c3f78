#include "server/scheduler.h"

#include <gtest/gtest.h>

#include <new>

#include "server/fake_models.h"
#include "tests/support/expect_error.h"

namespace cria::server {
namespace {

using Code = Error::Code;

TEST(Scheduler, TellsHowLongAModelStaysAlsoWhileItIsUsed) {
  World world;
  Scheduler scheduler(world.options());
  const Lease first = scheduler.acquire(world.model("a", 10), 5min);
  const auto left = [&] {
    std::optional<std::chrono::nanoseconds> out;
    scheduler.visit([&](const Scheduler::Status& status) { out = status.left; });
    return out;
  };
  EXPECT_EQ(left(), 5min);
  const Lease second = scheduler.acquire(world.model("a", 10), std::nullopt);
  EXPECT_EQ(left(), std::nullopt);
}

TEST(Scheduler, LoadsOnceAndShares) {
  World world;
  Scheduler scheduler(world.options());
  const Lease first = scheduler.acquire(world.model("a", 10), 5min);
  const Lease second = scheduler.acquire(world.model("a", 10), 5min);
  EXPECT_EQ(&first.model(), &second.model());
  EXPECT_EQ(world.loads, 1);
  EXPECT_EQ(users(scheduler), (std::map<std::string, int64_t>{{"a", 2}}));
}

TEST(Scheduler, KeepsModelsForAsLongAsWasAsked) {
  World world;
  Scheduler scheduler(world.options());
  { const Lease lease = scheduler.acquire(world.model("a", 10), 300s); }
  { const Lease lease = scheduler.acquire(world.model("b", 10), std::nullopt); }
  world.seconds = 299;
  scheduler.unload_expired();
  EXPECT_EQ(users(scheduler).size(), 2u);
  world.seconds = 300;
  scheduler.unload_expired();
  EXPECT_EQ(users(scheduler), (std::map<std::string, int64_t>{{"b", 0}}));
  { const Lease lease = scheduler.acquire(world.model("b", 10), 0s); }
  scheduler.unload_expired();
  EXPECT_EQ(world.loaded, 0);
}

TEST(Scheduler, UnloadsByNameOnceNobodyUsesIt) {
  World world;
  Scheduler scheduler(world.options());
  EXPECT_FALSE(scheduler.unload("a"));
  {
    const Lease lease = scheduler.acquire(world.model("a", 10), 5min);
    EXPECT_TRUE(scheduler.unload("a"));
    EXPECT_EQ(world.loaded, 1);
  }
  scheduler.unload_expired();
  EXPECT_EQ(world.loaded, 0);
}

TEST(Scheduler, MakesRoomByWhatWouldLeaveFirst) {
  World world;
  Scheduler scheduler(world.options());
  { const Lease lease = scheduler.acquire(world.model("a", 40), 60min); }
  { const Lease lease = scheduler.acquire(world.model("b", 40), 5min); }
  const Lease lease = scheduler.acquire(world.model("c", 50), 5min);
  EXPECT_EQ(users(scheduler), (std::map<std::string, int64_t>{{"a", 0}, {"c", 1}}));
}

TEST(Scheduler, LoadsNoMoreThanItMay) {
  World world;
  Scheduler::Options options = world.options();
  options.most_loaded = 1;
  Scheduler scheduler(options);
  { const Lease lease = scheduler.acquire(world.model("a", 1), std::nullopt); }
  const Lease lease = scheduler.acquire(world.model("b", 1), 5min);
  EXPECT_EQ(world.loaded, 1);
}

TEST(Scheduler, LoadsAnewForOtherOptions) {
  World world;
  Scheduler scheduler(world.options());
  { const Lease lease = scheduler.acquire(world.model("a", 60, "context 1"), 5min); }
  const Lease lease = scheduler.acquire(world.model("a", 60, "context 2"), 5min);
  EXPECT_EQ(world.loads, 2);
  EXPECT_EQ(world.loaded, 1);
}

TEST(Scheduler, HoldsAModelForEachUse) {
  World world;
  Scheduler scheduler(world.options());
  Wanted text = world.model("a", 10), vectors = world.model("a", 10);
  vectors.use = "vectors";
  for (int i = 0; i < 3; ++i) {
    const Lease one = scheduler.acquire(text, 5min);
    const Lease other = scheduler.acquire(vectors, 5min);
    EXPECT_NE(&one.model(), &other.model());
  }
  EXPECT_EQ(world.loads, 2);
  // What was replaced goes, whatever it was for.
  text.id = "another";
  const Lease replaced = scheduler.acquire(text, 5min);
  EXPECT_EQ(world.loaded, 1);
  EXPECT_TRUE(scheduler.unload("a"));
}

// Memory that is less than was thought, `takes` of which others hold.
Wanted that_needs(World& world, const std::string& name, int64_t size, int& predictions) {
  Wanted wanted = world.model(name, size);
  wanted.predict = [&predictions] {
    ++predictions;
    return int64_t{1};
  };
  wanted.load = [&world, size, load = wanted.load](const auto& goes_on) {
    if (world.available < size) fail(Code::kOutOfMemory, "no memory");
    return load(goes_on);
  };
  return wanted;
}

TEST(Scheduler, LoadsOnceMoreWithoutUnusedModelsWhenMemoryIsOut) {
  World world;
  Scheduler scheduler(world.options());
  const Lease used = scheduler.acquire(world.model("a", 40), 5min);
  { const Lease lease = scheduler.acquire(world.model("b", 20), std::nullopt); }
  { const Lease lease = scheduler.acquire(world.model("c", 20), std::nullopt); }
  int predictions = 0;
  const Lease lease = scheduler.acquire(that_needs(world, "d", 60, predictions), 5min);
  EXPECT_EQ(predictions, 2) << "what was read for the first attempt is gone";
  EXPECT_EQ(users(scheduler), (std::map<std::string, int64_t>{{"a", 1}, {"d", 1}}));
}

TEST(Scheduler, FailsWhenMemoryIsOutAllTheSame) {
  World world;
  Scheduler scheduler(world.options());
  const Lease used = scheduler.acquire(world.model("a", 60), 5min);
  { const Lease lease = scheduler.acquire(world.model("b", 20), std::nullopt); }
  int predictions = 0;
  const auto is_out = [&] {
    test::expect_error([&] { scheduler.acquire(that_needs(world, "d", 60, predictions), 5min); },
                       Code::kOutOfMemory, {"no memory"});
  };
  is_out();
  EXPECT_EQ(predictions, 2);
  is_out();
  EXPECT_EQ(predictions, 3) << "there was nothing to unload";
  EXPECT_EQ(users(scheduler), (std::map<std::string, int64_t>{{"a", 1}}));
}

TEST(Scheduler, LoadsOnceMoreAfterBadAlloc) {
  World world;
  Scheduler scheduler(world.options());
  { const Lease lease = scheduler.acquire(world.model("b", 20), std::nullopt); }
  Wanted wanted = world.model("d", 60);
  wanted.load = [&world, load = wanted.load](const auto& goes_on) {
    if (world.available < 100) throw std::bad_alloc();
    return load(goes_on);
  };
  const Lease lease = scheduler.acquire(wanted, 5min);
  EXPECT_EQ(lease.model().bytes(), 60);
}

TEST(Scheduler, LoadsWhenMemoryComesAndGoes) {
  World world;
  Scheduler::Options options = world.options();
  int looks = 0;
  options.available_memory = [&looks] { return ++looks == 2 ? 50 : 100; };
  Scheduler scheduler(options);
  const Lease lease = scheduler.acquire(world.model("a", 60), 5min);
  EXPECT_GT(looks, 2);
}

TEST(Scheduler, SaysWhatCannotFitAndUnloadsNothingForIt) {
  World world;
  Scheduler scheduler(world.options());
  { const Lease lease = scheduler.acquire(world.model("a", 10), 5min); }
  test::expect_error([&] { scheduler.acquire(world.model("b", 101), 5min); }, Code::kOutOfMemory,
                     {"more system memory"});
  EXPECT_EQ(world.loaded, 1);
}

}  // namespace
}  // namespace cria::server
