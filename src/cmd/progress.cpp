#include "cmd/progress.h"

#include <sys/ioctl.h>
#include <unistd.h>

#include <algorithm>
#include <chrono>
#include <condition_variable>
#include <cstdio>
#include <mutex>
#include <utility>

#include "base/error.h"
#include "base/log.h"
#include "cmd/interrupt.h"
#include "cmd/output.h"
#include "cmd/progress_text.h"

namespace cria::cmd {
namespace {

using std::chrono::milliseconds;

constexpr int kBarColumns = 20;

size_t terminal_columns() {
  winsize size{};
  if (::ioctl(STDERR_FILENO, TIOCGWINSZ, &size) != 0 || size.ws_col == 0) return 80;
  return size.ws_col;
}

// False: it was asked to stop.
bool wait(const std::stop_token& stop, milliseconds time) {
  std::mutex mutex;
  std::condition_variable_any condition;
  std::unique_lock lock(mutex);
  condition.wait_for(lock, stop, time, [] { return false; });
  return !stop.stop_requested();
}

}  // namespace

Progress::Progress(std::string what, std::string unit)
    : what_(std::move(what)), unit_(std::move(unit)) {
  if (log::debug_enabled()) return;
  const BlockInterrupts block;
  thread_ = std::jthread([this](const std::stop_token& stop) {
    error_is_terminal() ? show_bar(stop) : print_lines(stop);
  });
}

void Progress::show_bar(const std::stop_token& stop) const {
  constexpr milliseconds kPatience(300), kInterval(100);
  if (!wait(stop, kPatience)) return;
  do {
    const ProgressState state{done_.load(), total_.load(), watch_.seconds()};
    std::string line = concat(what_, ' ', progress_bar(state, kBarColumns), ' ');
    if (state.total > 0) line += progress_text(state, unit_);
    line.resize(std::min(line.size(), terminal_columns() - 1));
    std::fprintf(stderr, "\r%s\033[K", line.c_str());
  } while (wait(stop, kInterval));
  std::fputs("\r\033[K", stderr);  // clears the line
}

void Progress::print_lines(const std::stop_token& stop) const {
  constexpr milliseconds kInterval(30000);
  while (wait(stop, kInterval)) {
    const ProgressState state{done_.load(), total_.load(), watch_.seconds()};
    if (state.total > 0) notice(concat(what_, ": ", progress_text(state, unit_)));
  }
}

}  // namespace cria::cmd
