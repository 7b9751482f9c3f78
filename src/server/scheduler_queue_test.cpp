// Requests that wait for a model, and go away.

#include <gtest/gtest.h>

#include <future>
#include <vector>

#include "server/fake_models.h"
#include "tests/support/expect_error.h"

namespace cria::server {
namespace {

using Code = Error::Code;

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

TEST(Scheduler, ReadsOnlyTheModelWhoseTurnItIs) {
  World world;
  Scheduler scheduler(world.options());
  std::optional<Lease> first = scheduler.acquire(world.model("a", 60), 5min);
  std::atomic<int> predictions = 0;
  std::vector<std::future<void>> all;
  for (const char* name : {"b", "b", "c", "d"}) {
    Wanted wanted = world.model(name, 60);
    wanted.predict = [&predictions] { return ++predictions, 60; };
    all.push_back(
        std::async(std::launch::async, [&scheduler, wanted] { scheduler.acquire(wanted, 5min); }));
  }
  wait_until([&] { return scheduler.waiting() == 4; });
  EXPECT_EQ(predictions, 1);
  first.reset();
  for (auto& one : all) one.get();
  EXPECT_EQ(world.loads, 4);
}

TEST(Scheduler, LetsAllWaitForAModelThatIsReadForOne) {
  World world;
  Scheduler::Options options = world.options();
  options.most_waiting = 0;
  Scheduler scheduler(options);
  Wanted wanted = world.model("a", 60);
  std::promise<void> may_end;
  std::atomic<int> predictions = 0;
  wanted.predict = [&] {
    ++predictions;
    may_end.get_future().wait();
    return 60;
  };
  std::vector<std::future<void>> all;
  for (int i = 0; i < 4; ++i) {
    all.push_back(std::async(std::launch::async, [&] { scheduler.acquire(wanted, 5min); }));
  }
  wait_until([&] { return predictions == 1; });
  std::this_thread::sleep_for(20ms);  // for the others to come, which none of them may regret
  may_end.set_value();
  for (auto& one : all) one.get();
  EXPECT_EQ(world.loads, 1);
  EXPECT_EQ(predictions, 1);
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
