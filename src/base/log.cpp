#include "base/log.h"

#include <atomic>
#include <chrono>
#include <cstdio>

namespace cria::log {
namespace {

std::atomic<bool> enabled = false;

}  // namespace

void enable_debug() { enabled.store(true); }
bool debug_enabled() { return enabled.load(); }

void write(const std::string& line) {
  using Clock = std::chrono::steady_clock;
  static const Clock::time_point start = Clock::now();
  const double seconds = std::chrono::duration<double>(Clock::now() - start).count();
  std::fprintf(stderr, "cria %8.3f  %s\n", seconds, line.c_str());
}

}  // namespace cria::log
