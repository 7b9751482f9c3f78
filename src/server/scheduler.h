#pragma once
// Which models are in memory: loads them when they are asked for, shares them between requests,
// and makes room by unloading those that nobody uses.

#include <chrono>
#include <condition_variable>
#include <cstdint>
#include <functional>
#include <list>
#include <memory>
#include <mutex>
#include <optional>
#include <set>
#include <stop_token>
#include <string>
#include <utility>

#include "base/error.h"

namespace cria::server {

// A model that is ready to run. Destroying it gives its memory back.
class Loaded {
 public:
  virtual ~Loaded() = default;
  virtual int64_t bytes() const = 0;  // of memory that it takes
};

// A model, and how it is to be loaded.
struct Wanted {
  std::string name;     // as people call it
  std::string id;       // of what it is made of: a model that was replaced has another one
  std::string use;      // what it is loaded for: "text", "vectors"; one for each may be there
  std::string options;  // context, threads and others, as text
  // Whether one that is loaded with other options will do; otherwise it is loaded anew.
  std::function<bool(const Loaded& model)> suits = {};
  std::function<int64_t()> predict = {};  // bytes of memory that it will take; may throw
  // After predict. Throws; `goes_on` is to be asked now and then, and false is to end it with
  // Cancelled. After OutOfMemory both may be called once more.
  std::function<std::unique_ptr<Loaded>(const std::function<bool()>& goes_on)> load = {};
};

// Too many wait for a model already: later there may be room.
struct Busy : Error {
  using Error::Error;
};

class Scheduler {
 public:
  using Time = std::chrono::steady_clock::time_point;
  using KeepAlive = std::optional<std::chrono::nanoseconds>;  // none: for ever
  struct Options {
    int64_t most_loaded = 0;     // models; 0: as many as fit
    int64_t most_waiting = 512;  // behind the one whose turn it is
    std::chrono::nanoseconds load_timeout = std::chrono::minutes(5);  // without progress
    std::function<int64_t()> available_memory;  // bytes that can still be taken
    std::function<Time()> now = std::chrono::steady_clock::now;
  };

  explicit Scheduler(Options options);
  ~Scheduler();  // no lease may be left

  // Keeps a model in memory while it is there.
  class Lease {
   public:
    ~Lease();
    Lease(Lease&& other) noexcept = default;
    Lease& operator=(Lease&&) = delete;
    Loaded& model() const;
    std::chrono::nanoseconds load_time() const { return load_time_; }  // that it waited for

   private:
    friend class Scheduler;
    struct Entry;
    Lease(Scheduler& scheduler, std::shared_ptr<Entry> entry, KeepAlive keep_alive,
          std::chrono::nanoseconds load_time)
        : scheduler_(&scheduler),
          entry_(std::move(entry)),
          keep_alive_(keep_alive),
          load_time_(load_time) {}

    Scheduler* scheduler_;
    std::shared_ptr<Entry> entry_;  // null once it was moved from
    KeepAlive keep_alive_;
    std::chrono::nanoseconds load_time_;
  };

  // Waits until the model is there. After the lease it stays for `keep_alive`. OutOfMemory: it does
  // not fit even alone; Busy: too many wait; Cancelled: by `stop`, or no progress in time; and what
  // load throws.
  Lease acquire(const Wanted& wanted, KeepAlive keep_alive, const std::stop_token& stop = {});

  // Unloads what has this name once nobody uses it; false when nothing has.
  bool unload(const std::string& name);
  // Unloads what nobody has used for as long as was asked. Called by a thread now and then.
  void unload_expired();

  struct Status {
    std::string name, id, options;
    const Loaded* model;  // null while it is loaded
    int64_t users;
    std::optional<std::chrono::nanoseconds>
        left;  // until it goes, if unused from now on; none: stays
  };
  // `see` may use the models while it runs.
  void visit(const std::function<void(const Status&)>& see) const;
  int64_t waiting() const;

 private:
  using Entry = Lease::Entry;
  using Shared = std::shared_ptr<Entry>;

  using Lock = std::unique_lock<std::mutex>;
  struct Place;

  Shared find(const Wanted& wanted) const;
  int64_t predict(const Wanted& wanted, Lock& lock);
  bool is_predicted(const Wanted& wanted) const;
  void check_that_it_can_fit(int64_t bytes) const;
  Shared begin_loading(const Wanted& wanted, int64_t bytes, Lock& lock);
  bool make_room(int64_t bytes, Lock& lock);
  void drop(const Shared& entry, Lock& lock);
  void load(const Shared& entry, const Wanted& wanted, const std::stop_token& stop, Lock& lock);
  std::unique_ptr<Loaded> load(const Wanted& wanted, const std::function<bool()>& goes_on);
  bool drop_unused();
  bool await(Entry& entry, const std::stop_token& stop, Lock& lock);
  void release(Entry& entry, KeepAlive keep_alive);
  void wait_for_change(uint64_t seen, const std::stop_token& stop, Lock& lock);
  void tell_change();

  const Options options_;
  mutable std::mutex mutex_;
  std::condition_variable_any changed_;
  std::list<Shared> entries_;
  bool is_changing_ = false;  // one is loaded or unloaded at a time, so that memory can be measured
  const Wanted* predicted_ = nullptr;  // whose memory is predicted right now
  std::set<uint64_t> line_;            // tickets of those that wait, in order
  uint64_t last_ticket_ = 0;
  uint64_t changes_ = 0;
};

}  // namespace cria::server
