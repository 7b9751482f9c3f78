#pragma once
// Persistent threads for a program in which all of them walk through the same list of steps and
// meet after each.

#include <atomic>
#include <chrono>
#include <cstdint>
#include <thread>
#include <vector>

namespace cria {

class ThreadPool {
 public:
  // InvalidArgument unless 1 <= threads <= 1024; OutOfMemory if the system has no more threads to
  // give.
  explicit ThreadPool(int threads);
  ~ThreadPool();
  ThreadPool(const ThreadPool&) = delete;
  ThreadPool& operator=(const ThreadPool&) = delete;

  int size() const { return size_; }

  // Calls job(thread) once on each thread, the caller being thread 0, and returns when all are
  // done. Jobs may not throw (the process ends if they do) and may not call run(). One caller at a
  // time.
  template <class Job>
  void run(const Job& job) {
    if (size_ == 1) return call<Job>(&job, 0);
    run_on_all(&job, call<Job>);
  }

  // Inside a job: returns once all threads have called it. What they wrote before is then visible
  // to all.
  void barrier() noexcept;

 private:
  using Call = void (*)(const void* job, int thread) noexcept;

  template <class Job>
  static void call(const void* job, int thread) noexcept {
    (*static_cast<const Job*>(job))(thread);
  }

  void run_on_all(const void* job, Call call_job) noexcept;
  void work(int thread) noexcept;
  bool arrive() noexcept;
  void stop(int missing) noexcept;

  const int size_;
  const std::chrono::microseconds spin_time_;
  // Written at different moments, so on different cache lines: all threads spin on round_ while
  // others still arrive.
  alignas(64) std::atomic<int> arrived_{0};
  alignas(64) std::atomic<uint32_t> round_{0};
  alignas(64) const void* job_ = nullptr;
  Call call_job_ = nullptr;
  bool stopping_ = false;
  std::vector<std::thread> workers_;
};

// Hands out the parts of a step to whichever thread asks next.
class alignas(64) WorkCounter {
 public:
  // Only while nobody calls next(): before the run, or between two barriers.
  void reset() noexcept { next_.store(0, std::memory_order_relaxed); }
  int64_t next() noexcept { return next_.fetch_add(1, std::memory_order_relaxed); }

 private:
  std::atomic<int64_t> next_{0};
};

}  // namespace cria
