#include "server/scheduler.h"

#include <gtest/gtest.h>

#include <atomic>
#include <future>
#include <map>
#include <thread>

#include "tests/support/expect_error.h"

namespace cria::server {
namespace {

using namespace std::chrono_literals;
using Code = Error::Code;
using Lease = Scheduler::Lease;

// Memory and time that a test has in hand.
struct World {
  std::atomic<int64_t> available = 100;
  std::atomic<int64_t> loads = 0, loaded = 0;
  std::atomic<int64_t> seconds = 0;

  struct Model : Loaded {
    Model(World& in, int64_t taken) : world(in), size(taken) {
      world.available -= size;
      ++world.loads;
      ++world.loaded;
    }
    ~Model() override {
      world.available += size;
      --world.loaded;
    }
    int64_t bytes() const override { return size; }
    World& world;
    const int64_t size;
  };

  Scheduler::Options options() {
    return {.available_memory = [this] { return available.load(); },
            .now = [this] { return Scheduler::Time(std::chrono::seconds(seconds.load())); }};
  }
  Wanted model(const std::string& name, int64_t size, const std::string& how = "") {
    return {.name = name,
            .id = "id of " + name,
            .use = "text",
            .options = how,
            .predict = [size] { return size; },
            .load = [this, size](const auto&) { return std::make_unique<Model>(*this, size); }};
  }
};

// What loads until the test says so.
struct Gate {
  std::promise<void> begun, may_end;
  Wanted of(Wanted wanted) {
    wanted.load = [this, load = wanted.load](const auto& goes_on) {
      begun.set_value();
      may_end.get_future().wait();
      if (!goes_on()) fail(Code::kCancelled, "cancelled");
      return load(goes_on);
    };
    return wanted;
  }
};

std::map<std::string, int64_t> users(const Scheduler& scheduler) {
  std::map<std::string, int64_t> out;
  scheduler.visit([&](const Scheduler::Status& status) { out[status.name] = status.users; });
  return out;
}

void wait_until(const std::function<bool()>& is_so) {
  while (!is_so()) std::this_thread::yield();
}

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

TEST(Scheduler, WaitsForWhoUsesTheMemory) {
  World world;
  Scheduler scheduler(world.options());
  std::optional<Lease> first = scheduler.acquire(world.model("a", 60), 5min);
  auto second =
      std::async(std::launch::async, [&] { return scheduler.acquire(world.model("b", 60), 5min); });
  wait_until([&] { return scheduler.waiting() == 1; });
  // Whoever asks for the first now waits behind the second, or that would never come.
  auto third =
      std::async(std::launch::async, [&] { return scheduler.acquire(world.model("a", 60), 5min); });
  wait_until([&] { return scheduler.waiting() == 2; });
  EXPECT_EQ(world.loads, 1);
  first.reset();
  { const Lease lease = second.get(); }
  { const Lease lease = third.get(); }
  EXPECT_EQ(world.loaded, 1);
  EXPECT_EQ(scheduler.waiting(), 0);
}

TEST(Scheduler, SaysWhatCannotFit) {
  World world;
  Scheduler scheduler(world.options());
  { const Lease lease = scheduler.acquire(world.model("a", 10), 5min); }
  test::expect_error([&] { scheduler.acquire(world.model("b", 101), 5min); }, Code::kOutOfMemory,
                     {"more system memory"});
  EXPECT_EQ(world.loaded, 0);  // it was tried
}

TEST(Scheduler, LetsOnlySoManyWait) {
  World world;
  Scheduler::Options options = world.options();
  options.most_waiting = 1;
  Scheduler scheduler(options);
  std::optional<Lease> first = scheduler.acquire(world.model("a", 60), 5min);
  const auto ask = [&](const std::string& name) {
    return std::async(std::launch::async,
                      [&, name] { scheduler.acquire(world.model(name, 60), 5min); });
  };
  auto second = ask("b");
  wait_until([&] { return scheduler.waiting() == 1; });
  auto third = ask("c");
  wait_until([&] { return scheduler.waiting() == 2; });
  EXPECT_THROW(scheduler.acquire(world.model("d", 60), 5min), Busy);
  first.reset();
  second.get();
  third.get();
}

TEST(Scheduler, LoadsAlsoWhenNobodyMayWait) {
  World world;
  Scheduler::Options options = world.options();
  options.most_waiting = 0;
  Scheduler scheduler(options);
  { const Lease lease = scheduler.acquire(world.model("a", 60), 5min); }
  std::optional<Lease> first = scheduler.acquire(world.model("b", 60), 5min);  // after "a" has gone
  // Whose turn it is waits for those that use the memory, and nobody behind it.
  auto second =
      std::async(std::launch::async, [&] { scheduler.acquire(world.model("a", 60), 5min); });
  wait_until([&] { return scheduler.waiting() == 1; });
  EXPECT_THROW(scheduler.acquire(world.model("c", 60), 5min), Busy);
  first.reset();
  second.get();
}

TEST(Scheduler, LeavesNothingBehindAStormOfThoseWhoGoAway) {
  World world;
  Scheduler scheduler(world.options());
  const Lease used = scheduler.acquire(world.model("a", 60), 5min);
  std::vector<std::future<void>> all;
  std::vector<std::stop_source> sources(16);
  for (std::stop_source& source : sources) {
    all.push_back(std::async(std::launch::async, [&world, &scheduler, &source] {
      for (const char* name : {"b", "c"}) {
        EXPECT_THROW(scheduler.acquire(world.model(name, 60), 5min, source.get_token()), Error);
      }
    }));
  }
  wait_until([&] { return scheduler.waiting() == 16; });
  for (std::stop_source& source : sources) source.request_stop();
  for (auto& one : all) one.get();
  EXPECT_EQ(scheduler.waiting(), 0);
  EXPECT_EQ(world.loads, 1);
  EXPECT_EQ(users(scheduler), (std::map<std::string, int64_t>{{"a", 1}}));
}

TEST(Scheduler, StopsWaiting) {
  World world;
  Scheduler scheduler(world.options());
  const Lease first = scheduler.acquire(world.model("a", 60), 5min);
  std::stop_source source;
  auto second = std::async(std::launch::async, [&] {
    test::expect_error([&] { scheduler.acquire(world.model("b", 60), 5min, source.get_token()); },
                       Code::kCancelled, {"cancelled"});
  });
  wait_until([&] { return scheduler.waiting() == 1; });
  source.request_stop();
  second.get();
  EXPECT_EQ(scheduler.waiting(), 0);
}

TEST(Scheduler, LoadsForThoseWhoStillWait) {
  World world;
  Scheduler scheduler(world.options());
  Gate gate;
  std::stop_source source;
  const Wanted wanted = gate.of(world.model("a", 60));
  auto first = std::async(std::launch::async, [&] {
    const Lease lease = scheduler.acquire(wanted, 5min, source.get_token());
  });
  gate.begun.get_future().wait();
  auto second = std::async(std::launch::async, [&] { return scheduler.acquire(wanted, 5min); });
  wait_until([&] { return users(scheduler)["a"] == 2; });
  source.request_stop();
  gate.may_end.set_value();
  EXPECT_EQ(second.get().model().bytes(), 60);
  first.get();
  EXPECT_EQ(world.loaded, 1);
}

TEST(Scheduler, EndsALoadThatNobodyWaitsFor) {
  World world;
  Scheduler scheduler(world.options());
  Gate gate;
  std::stop_source source;
  auto first = std::async(std::launch::async, [&] {
    test::expect_error(
        [&] { scheduler.acquire(gate.of(world.model("a", 60)), 5min, source.get_token()); },
        Code::kCancelled, {"cancelled"});
  });
  gate.begun.get_future().wait();
  source.request_stop();
  gate.may_end.set_value();
  first.get();
  EXPECT_EQ(world.loads, 0);
  EXPECT_EQ(users(scheduler).size(), 0u);
}

TEST(Scheduler, EndsALoadThatMakesNoProgress) {
  World world;
  Scheduler scheduler(world.options());
  Wanted wanted = world.model("a", 60);
  wanted.load = [&](const std::function<bool()>& goes_on) -> std::unique_ptr<Loaded> {
    world.seconds = 299;
    EXPECT_TRUE(goes_on());
    world.seconds = 700;
    EXPECT_FALSE(goes_on());
    fail(Code::kCancelled, "too late");
  };
  test::expect_error([&] { scheduler.acquire(wanted, 5min); }, Code::kCancelled, {"too late"});
}

TEST(Scheduler, TellsAllWhoWaitWhyLoadingFailed) {
  World world;
  Scheduler scheduler(world.options());
  Gate gate;
  Wanted wanted = world.model("a", 60);
  wanted.load = [](const auto&) -> std::unique_ptr<Loaded> { fail(Code::kCorrupt, "broken"); };
  wanted = gate.of(wanted);
  const auto broken = [&] {
    test::expect_error([&] { scheduler.acquire(wanted, 5min); }, Code::kCorrupt, {"broken"});
  };
  auto first = std::async(std::launch::async, broken);
  gate.begun.get_future().wait();
  gate.may_end.set_value();
  first.get();
  // And tries again for who comes later.
  EXPECT_EQ(scheduler.acquire(world.model("a", 60), 5min).model().bytes(), 60);
}

TEST(Scheduler, StandsManyAtOnce) {
  World world;
  Scheduler scheduler(world.options());
  std::vector<std::future<void>> all;
  for (int i = 0; i < 8; ++i) {
    all.push_back(std::async(std::launch::async, [&, i] {
      for (int n = 0; n < 50; ++n) {
        const std::string name(1, static_cast<char>('a' + (i + n) % 4));
        const Lease lease = scheduler.acquire(world.model(name, 45), 5min);
        EXPECT_EQ(lease.model().bytes(), 45);
        EXPECT_GE(world.available, 0);
      }
    }));
  }
  for (auto& one : all) one.get();
  EXPECT_EQ(scheduler.waiting(), 0);
  EXPECT_LE(world.loaded, 2);
}

}  // namespace
}  // namespace cria::server
