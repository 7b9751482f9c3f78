// The pool's threads sleep and wake at barriers only: a run is a barrier, the job, and a barrier.
// Waiting spins first, since the steps of a model take microseconds and to wake a thread takes tens
// of them, and then sleeps, so that an idle pool costs nothing. With more threads than cores it
// hardly spins: that takes the processor from the very thread that is waited for.

#include "base/thread_pool.h"

#include <chrono>
#include <system_error>

#include "base/cores.h"
#include "base/error.h"

namespace cria {
namespace {

constexpr int kMaxThreads = 1024;
constexpr std::chrono::microseconds kSpinTime(500), kCrowdedSpinTime(20);
constexpr int kPausesPerLook = 16;  // a look at the clock costs about as much as one pause

void pause() noexcept {
#if defined(__x86_64__)
  __builtin_ia32_pause();
#elif defined(__aarch64__)
  asm volatile("isb");
#endif
}

bool spin_while_equal(const std::atomic<uint32_t>& value, uint32_t old,
                      std::chrono::microseconds time) noexcept {
  const auto start = std::chrono::steady_clock::now();
  do {
    for (int i = 0; i < kPausesPerLook; ++i) {
      if (value.load(std::memory_order_acquire) != old) return true;
      pause();
    }
  } while (std::chrono::steady_clock::now() - start < time);
  return false;
}

int checked_size(int threads) {
  if (threads < 1 || threads > kMaxThreads)
    fail(Error::Code::kInvalidArgument, "threads: ", threads, ", expected 1 to ", kMaxThreads);
  return threads;
}

}  // namespace

ThreadPool::ThreadPool(int threads)
    : size_(checked_size(threads)),
      spin_time_(threads <= usable_cores() ? kSpinTime : kCrowdedSpinTime) {
  workers_.reserve(size_ - 1);
  for (int thread = 1; thread < size_; ++thread) {
    try {
      workers_.emplace_back([this, thread] { work(thread); });
    } catch (const std::system_error& error) {
      stop(size_ - thread + 1);
      fail(Error::Code::kOutOfMemory, "threads: could only start ", thread, " of ", size_, " (",
           error.what(), ")");
    }
  }
}

ThreadPool::~ThreadPool() { stop(1); }

// Arrives at the start of a run in place of the caller and of workers that were never started.
void ThreadPool::stop(int missing) noexcept {
  stopping_ = true;
  for (int i = 0; i < missing; ++i) arrive();
  for (std::thread& worker : workers_) worker.join();
}

void ThreadPool::run_on_all(const void* job, Call call_job) noexcept {
  job_ = job;
  call_job_ = call_job;
  barrier();
  call_job(job, 0);
  barrier();
}

void ThreadPool::work(int thread) noexcept {
  for (;;) {
    barrier();
    if (stopping_) return;
    call_job_(job_, thread);
    barrier();
  }
}

// True for the last one of a round, who opens the next.
bool ThreadPool::arrive() noexcept {
  if (arrived_.fetch_add(1, std::memory_order_acq_rel) + 1 < size_) return false;
  arrived_.store(0, std::memory_order_relaxed);
  round_.fetch_add(1);  // the default order: it may not pass the look for sleepers in notify_all
  round_.notify_all();
  return true;
}

void ThreadPool::barrier() noexcept {
  if (size_ == 1) return;
  const uint32_t round = round_.load(std::memory_order_acquire);
  if (arrive() || spin_while_equal(round_, round, spin_time_)) return;
  round_.wait(round, std::memory_order_acquire);
}

}  // namespace cria
