#include "cmd/progress.h"

#include <unistd.h>

#include <algorithm>
#include <chrono>
#include <cstdio>
#include <utility>

#include "base/error.h"
#include "base/log.h"
#include "cmd/interrupt.h"
#include "cmd/output.h"
#include "cmd/progress_text.h"
#include "cmd/terminal.h"
#include "cmd/wait.h"

namespace cria::cmd {
namespace {

using std::chrono::milliseconds;

constexpr int kBarColumns = 20;

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
    line.resize(std::min(line.size(), static_cast<size_t>(terminal_columns(STDERR_FILENO)) - 1));
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
