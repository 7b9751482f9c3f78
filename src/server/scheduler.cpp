#include "server/scheduler.h"

#include <algorithm>
#include <exception>
#include <iterator>
#include <new>
#include <utility>

#include "base/log.h"

namespace cria::server {

using Code = Error::Code;

struct Scheduler::Lease::Entry {
  std::string name, id, use, options;
  std::unique_ptr<Loaded> model = {};  // null while it is loaded
  std::exception_ptr failure = {};     // of loading it
  int64_t users = 0;                   // with those that wait for it to be loaded
  bool is_leaving = false;             // takes no new users, and is unloaded once there are none
  Time last_use = {};
  KeepAlive keep_alive = {};         // of who asked for it last
  std::optional<Time> expires = {};  // once nobody uses it; none: stays
};

Loaded& Scheduler::Lease::model() const { return *entry_->model; }

Scheduler::Lease::~Lease() {
  if (entry_) scheduler_->release(*entry_, keep_alive_);
}

// Of a caller in the line of those that wait, once it must: whoever came first loads first.
struct Scheduler::Place {
  explicit Place(Scheduler& of) : scheduler(of) {}
  ~Place() { leave(); }
  Place(const Place&) = delete;
  Place& operator=(const Place&) = delete;

  bool is_first() const {
    return scheduler.line_.empty() || (ticket && *scheduler.line_.begin() == *ticket);
  }
  void take() {
    if (ticket) return;
    if (std::ssize(scheduler.line_) > scheduler.options_.most_waiting) {
      throw Busy(Code::kOutOfMemory,
                 "server busy, please try again.  maximum pending requests exceeded");
    }
    ticket = ++scheduler.last_ticket_;
    scheduler.line_.insert(*ticket);
  }
  void leave() {
    if (!ticket) return;
    scheduler.line_.erase(*std::exchange(ticket, {}));
    scheduler.tell_change();
  }

  Scheduler& scheduler;
  std::optional<uint64_t> ticket = {};
};

Scheduler::Scheduler(Options options) : options_(std::move(options)) {}

Scheduler::~Scheduler() {
  for (const Shared& entry : entries_) CRIA_CHECK(entry->users == 0);
}

void Scheduler::wait_for_change(uint64_t seen, const std::stop_token& stop, Lock& lock) {
  changed_.wait(lock, stop, [&] { return changes_ != seen; });
  if (stop.stop_requested()) fail(Code::kCancelled, "the request was cancelled");
}

void Scheduler::tell_change() {
  ++changes_;
  changed_.notify_all();
}

Scheduler::Shared Scheduler::find(const Wanted& wanted) const {
  for (const Shared& entry : entries_) {
    const bool same =
        entry->name == wanted.name && entry->id == wanted.id && entry->use == wanted.use;
    if (!same || entry->is_leaving) continue;
    const bool suits = entry->model && wanted.suits && wanted.suits(*entry->model);
    if (suits || entry->options == wanted.options) return entry;
  }
  return nullptr;
}

Scheduler::Lease Scheduler::acquire(const Wanted& wanted, KeepAlive keep_alive,
                                    const std::stop_token& stop) {
  const Time begin = options_.now();
  Lock lock(mutex_);
  Place place(*this);
  std::optional<int64_t> bytes;
  while (true) {
    const uint64_t seen = changes_;
    Shared entry = find(wanted);
    if (entry) {
      ++entry->users;
    } else if (place.is_first() && !is_changing_) {
      // Only whose turn it is, since what is read for that takes memory.
      place.take();
      if (!bytes) bytes = predict(wanted, lock);
      entry = begin_loading(wanted, *bytes, lock);
      if (entry) place.leave();
      if (entry) load(entry, wanted, stop, lock);
    }
    if (entry && await(*entry, stop, lock)) {
      entry->last_use = options_.now();
      entry->keep_alive = keep_alive;
      return Lease(*this, std::move(entry), keep_alive, options_.now() - begin);
    }
    if (!is_predicted(wanted)) place.take();  // else it will be loaded at once, for all who wait
    wait_for_change(seen, stop, lock);
  }
}

int64_t Scheduler::predict(const Wanted& wanted, Lock& lock) {
  is_changing_ = true;
  predicted_ = &wanted;
  lock.unlock();
  int64_t bytes = 0;
  std::exception_ptr failure;
  try {
    bytes = wanted.predict();
  } catch (...) {
    failure = std::current_exception();
  }
  lock.lock();
  is_changing_ = false;
  predicted_ = nullptr;
  tell_change();
  if (failure) std::rethrow_exception(failure);
  return bytes;
}

bool Scheduler::is_predicted(const Wanted& wanted) const {
  return predicted_ && predicted_->name == wanted.name && predicted_->id == wanted.id &&
         predicted_->use == wanted.use && predicted_->options == wanted.options;
}

// Whether the model is there; throws why it is not.
bool Scheduler::await(Entry& entry, const std::stop_token& stop, Lock& lock) {
  try {
    while (!entry.model && !entry.failure) wait_for_change(changes_, stop, lock);
    if (entry.failure) std::rethrow_exception(entry.failure);
    return true;
  } catch (...) {
    --entry.users;
    tell_change();
    throw;
  }
}

// An entry to load into, once nothing stands against it; else null.
Scheduler::Shared Scheduler::begin_loading(const Wanted& wanted, int64_t bytes, Lock& lock) {
  check_that_it_can_fit(bytes);
  // Two for one use might not fit, and what was replaced will not be asked for any more.
  for (const Shared& entry : entries_) {
    if (entry->name != wanted.name) continue;
    if (entry->use == wanted.use || entry->id != wanted.id) entry->is_leaving = true;
  }
  if (!make_room(bytes, lock)) return nullptr;
  auto entry = std::make_shared<Entry>(
      Entry{.name = wanted.name, .id = wanted.id, .use = wanted.use, .options = wanted.options});
  entry->users = 1;
  entries_.push_back(entry);
  is_changing_ = true;
  return entry;
}

// Nothing is unloaded for what would not fit without all others either.
void Scheduler::check_that_it_can_fit(int64_t bytes) const {
  int64_t most = options_.available_memory();
  for (const Shared& entry : entries_) {
    if (entry->model) most += entry->model->bytes();
  }
  if (bytes <= most) return;
  fail(Code::kOutOfMemory, "model requires more system memory (", bytes >> 20,
       " MiB) than is available (", most >> 20, " MiB)");
}

// False when it has to be tried again: something was unloaded, or has to be waited for.
bool Scheduler::make_room(int64_t bytes, Lock& lock) {
  for (const Shared& entry : entries_) {
    if (!entry->is_leaving) continue;
    if (entry->users == 0) drop(entry, lock);
    return false;
  }
  const bool too_many = options_.most_loaded > 0 && std::ssize(entries_) >= options_.most_loaded;
  if (!too_many && bytes <= options_.available_memory()) return true;
  if (entries_.empty()) {
    check_that_it_can_fit(bytes);
    return true;  // others have given memory back meanwhile
  }
  // Of those that nobody uses the one that would leave first, else the one used longest ago, so
  // that it gets no new users.
  const auto later = [](const Shared& a, const Shared& b) {
    if ((a->users == 0) != (b->users == 0)) return b->users == 0;
    if (a->users == 0 && a->expires != b->expires) {
      return !a->expires || (b->expires && *b->expires < *a->expires);
    }
    return b->last_use < a->last_use;
  };
  (*std::max_element(entries_.begin(), entries_.end(), later))->is_leaving = true;
  tell_change();
  return false;
}

void Scheduler::drop(const Shared& entry, Lock& lock) {
  log::debug("unloading ", entry->name);
  std::unique_ptr<Loaded> model = std::move(entry->model);
  entries_.remove(Shared(entry));
  is_changing_ = true;
  lock.unlock();
  model.reset();
  lock.lock();
  is_changing_ = false;
  tell_change();
}

void Scheduler::load(const Shared& entry, const Wanted& wanted, const std::stop_token& stop,
                     Lock& lock) {
  lock.unlock();
  std::unique_ptr<Loaded> model;
  std::exception_ptr failure;
  try {
    bool is_late = false;
    const auto goes_on = [&, last = options_.now()]() mutable {
      const Time now = options_.now();
      is_late = now - std::exchange(last, now) > options_.load_timeout;
      const std::lock_guard guard(mutex_);
      return !is_late && !(stop.stop_requested() && entry->users == 1);
    };
    model = load(wanted, goes_on);
  } catch (...) {
    failure = std::current_exception();
  }
  lock.lock();
  is_changing_ = false;
  entry->model = std::move(model);
  entry->failure = failure;
  if (failure) entries_.remove(entry);
  tell_change();
}

// What was predicted may have been too little, or others took the memory meanwhile: then once more,
// without the models that nobody uses.
std::unique_ptr<Loaded> Scheduler::load(const Wanted& wanted,
                                        const std::function<bool()>& goes_on) {
  try {
    return wanted.load(goes_on);
  } catch (const Error& error) {
    if (error.code() != Code::kOutOfMemory || !drop_unused()) throw;
  } catch (const std::bad_alloc&) {
    if (!drop_unused()) throw;
  }
  log::debug("no memory for ", wanted.name, ": once more without the models that nobody uses");
  wanted.predict();
  return wanted.load(goes_on);
}

// False: there is none.
bool Scheduler::drop_unused() {
  std::list<Shared> unused;
  Lock lock(mutex_);
  for (auto entry = entries_.begin(); entry != entries_.end();) {
    const auto next = std::next(entry);
    const bool is_unused = (*entry)->model && (*entry)->users == 0;
    if (is_unused) unused.splice(unused.end(), entries_, entry);
    entry = next;
  }
  lock.unlock();
  return !unused.empty();  // and they go
}

void Scheduler::release(Entry& entry, KeepAlive keep_alive) {
  const std::lock_guard lock(mutex_);
  --entry.users;
  entry.last_use = options_.now();
  // What is longer than clocks can tell is for ever.
  const bool ends = keep_alive && *keep_alive < Time::max() - entry.last_use;
  entry.expires = ends ? std::optional(entry.last_use + *keep_alive) : std::nullopt;
  tell_change();
}

bool Scheduler::unload(const std::string& name) {
  Lock lock(mutex_);
  bool found = false;
  for (const Shared& entry : entries_) {
    if (entry->name != name) continue;
    entry->is_leaving = found = true;
  }
  lock.unlock();
  unload_expired();
  return found;
}

void Scheduler::unload_expired() {
  Lock lock(mutex_);
  const auto leaves = [this](const Shared& entry) {
    const bool expired = entry->expires && *entry->expires <= options_.now();
    return entry->model && entry->users == 0 && (entry->is_leaving || expired);
  };
  while (!is_changing_) {
    const auto found = std::ranges::find_if(entries_, leaves);
    if (found == entries_.end()) return;
    drop(*found, lock);
  }
}

void Scheduler::visit(const std::function<void(const Status&)>& see) const {
  const std::lock_guard lock(mutex_);
  for (const Shared& entry : entries_) {
    std::optional<std::chrono::nanoseconds> left;
    if (entry->users > 0) left = entry->keep_alive;
    if (entry->users == 0 && entry->expires) left = *entry->expires - options_.now();
    see({entry->name, entry->id, entry->options, entry->model.get(), entry->users, left});
  }
}

int64_t Scheduler::waiting() const {
  const std::lock_guard lock(mutex_);
  return std::ssize(line_);
}

}  // namespace cria::server
