#include "base/log.h"

#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <string_view>

namespace cria::log {
namespace {

bool is_on(const char* name) {
  const char* value = std::getenv(name);  // NOLINT(concurrency-mt-unsafe): read once, at start
  return value && std::string_view(value) != "" && std::string_view(value) != "0";
}

}  // namespace

bool debug_enabled() {
  static const bool on = is_on("CRIA_DEBUG") || is_on("OLLAMA_DEBUG");
  return on;
}

void write(const std::string& line) {
  using Clock = std::chrono::steady_clock;
  static const Clock::time_point start = Clock::now();
  const double seconds = std::chrono::duration<double>(Clock::now() - start).count();
  std::fprintf(stderr, "cria %8.3f  %s\n", seconds, line.c_str());
}

}  // namespace cria::log
