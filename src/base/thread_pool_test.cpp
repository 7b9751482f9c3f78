#include "base/thread_pool.h"

#include <gtest/gtest.h>

#include <ctime>
#include <numeric>
#include <vector>

#include "base/error.h"

namespace cria {
namespace {

TEST(ThreadPool, RunsTheJobOnceOnEachThread) {
  for (const int threads : {1, 2, 3, 8}) {
    ThreadPool pool(threads);
    EXPECT_EQ(pool.size(), threads);
    std::vector<int> calls(threads);
    for (int run = 0; run < 50; ++run) pool.run([&](int thread) { ++calls[thread]; });
    EXPECT_EQ(calls, std::vector<int>(threads, 50));
  }
}

TEST(ThreadPool, GivesTheCallerTheFirstPart) {
  ThreadPool pool(2);
  std::thread::id first;
  pool.run([&](int thread) {
    if (thread == 0) first = std::this_thread::get_id();
  });
  EXPECT_EQ(first, std::this_thread::get_id());
}

TEST(ThreadPool, ShowsEachThreadAfterABarrierWhatAllWroteBefore) {
  constexpr int kThreads = 4, kSteps = 300;
  ThreadPool pool(kThreads);
  std::vector<int> current(kThreads), next(kThreads);
  std::vector<int> wrong(kThreads);
  pool.run([&](int thread) {
    for (int step = 0; step < kSteps; ++step) {
      std::vector<int>& from = step % 2 == 0 ? current : next;
      std::vector<int>& to = step % 2 == 0 ? next : current;
      to[thread] = std::accumulate(from.begin(), from.end(), 1) % 1000;
      pool.barrier();
      for (const int value : to) wrong[thread] += value != to[thread];
    }
  });
  EXPECT_EQ(wrong, std::vector<int>(kThreads));
}

TEST(ThreadPool, HandsOutEachPartOfAStepOnce) {
  ThreadPool pool(3);
  WorkCounter counter;
  std::vector<std::atomic<int>> taken(1000);
  for (int run = 0; run < 10; ++run) {
    counter.reset();
    pool.run([&](int) {
      for (int64_t part; (part = counter.next()) < 1000;) ++taken[part];
    });
  }
  for (const auto& times : taken) EXPECT_EQ(times, 10);
}

TEST(ThreadPool, UsesNoProcessorTimeWhileOneThreadWorksLong) {
  const auto cpu_seconds = [](clockid_t clock) {
    timespec time{};
    clock_gettime(clock, &time);
    return static_cast<double>(time.tv_sec) + 1e-9 * static_cast<double>(time.tv_nsec);
  };
  ThreadPool pool(4);
  double others = 0;
  pool.run([&](int thread) {
    if (thread != 0) return;
    const double process = cpu_seconds(CLOCK_PROCESS_CPUTIME_ID);
    const double own = cpu_seconds(CLOCK_THREAD_CPUTIME_ID);
    while (cpu_seconds(CLOCK_THREAD_CPUTIME_ID) - own < 0.05) {
    }
    others = cpu_seconds(CLOCK_PROCESS_CPUTIME_ID) - process -
             (cpu_seconds(CLOCK_THREAD_CPUTIME_ID) - own);
  });
  EXPECT_LT(others, 0.01);
}

TEST(ThreadPool, RefusesAnImpossibleNumberOfThreads) {
  for (const int threads : {0, -1, 100000}) {
    try {
      ThreadPool pool(threads);
      FAIL() << threads;
    } catch (const Error& error) {
      EXPECT_EQ(error.code(), Error::Code::kInvalidArgument);
    }
  }
}

}  // namespace
}  // namespace cria
