#include "cmd/spinner.h"

#include <array>
#include <chrono>
#include <cstdio>

#include "base/log.h"
#include "cmd/interrupt.h"
#include "cmd/output.h"
#include "cmd/wait.h"

namespace cria::cmd {

Spinner::Spinner() {
  if (log::debug_enabled() || !error_is_terminal()) return;
  const BlockInterrupts block;
  thread_ = std::jthread([](const std::stop_token& stop) {
    using std::chrono::milliseconds;
    constexpr milliseconds kPatience(200), kInterval(100);
    constexpr std::array kFrames{"\u280b", "\u2819", "\u2839", "\u2838", "\u283c",
                                 "\u2834", "\u2826", "\u2827", "\u2807", "\u280f"};
    if (!wait(stop, kPatience)) return;
    for (size_t frame = 0; frame == 0 || wait(stop, kInterval); ++frame) {
      std::fprintf(stderr, "\r%s ", kFrames[frame % kFrames.size()]);
    }
    std::fputs("\r\033[K", stderr);  // clears the line
  });
}

}  // namespace cria::cmd
