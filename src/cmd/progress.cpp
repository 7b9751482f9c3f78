#include "cmd/progress.h"

#include <array>
#include <chrono>
#include <condition_variable>
#include <cstdio>
#include <mutex>
#include <utility>

#include "base/log.h"
#include "cmd/interrupt.h"
#include "cmd/output.h"

namespace cria::cmd {

using std::chrono::milliseconds;

Progress::Progress(std::string what) : what_(std::move(what)) {
  if (!error_is_terminal() || log::debug_enabled()) return;
  const BlockInterrupts block;
  thread_ = std::jthread([this](const std::stop_token& stop) { spin(stop); });
}

void Progress::spin(const std::stop_token& stop) const {
  constexpr milliseconds kPatience(300), kInterval(100);
  constexpr std::array kFrames{'|', '/', '-', '\\'};
  std::mutex mutex;
  std::condition_variable_any condition;
  std::unique_lock lock(mutex);
  const auto wait = [&](milliseconds time) {
    condition.wait_for(lock, stop, time, [] { return false; });
    return !stop.stop_requested();
  };
  if (!wait(kPatience)) return;
  size_t frame = 0;
  do {
    const int percent = static_cast<int>(fraction_.load() * 100);
    std::fprintf(stderr, "\r%c %s %3d%%", kFrames[frame++ % kFrames.size()], what_.c_str(),
                 percent);
  } while (wait(kInterval));
  std::fputs("\r\033[K", stderr);  // clears the line
}

}  // namespace cria::cmd
