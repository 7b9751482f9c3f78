#pragma once
// For tests: models that take memory which a test has in hand, and load as it says.

#include <atomic>
#include <functional>
#include <future>
#include <map>
#include <memory>
#include <string>
#include <thread>

#include "server/scheduler.h"

namespace cria::server {

using namespace std::chrono_literals;
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
      if (!goes_on()) fail(Error::Code::kCancelled, "cancelled");
      return load(goes_on);
    };
    return wanted;
  }
};

inline std::map<std::string, int64_t> users(const Scheduler& scheduler) {
  std::map<std::string, int64_t> out;
  scheduler.visit([&](const Scheduler::Status& status) { out[status.name] = status.users; });
  return out;
}

inline void wait_until(const std::function<bool()>& is_so) {
  while (!is_so()) std::this_thread::yield();
}

}  // namespace cria::server
