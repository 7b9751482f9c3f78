#pragma once
// Tells people how far something that takes long is.

#include <atomic>
#include <cstdint>
#include <string>
#include <thread>

#include "cmd/stopwatch.h"

namespace cria::cmd {

// On standard error: at a terminal a bar, shown after 300 ms and gone when destroyed; elsewhere a
// line every half a minute. Nothing when the debug log writes there.
class Progress {
 public:
  // Of bytes, or of what `unit` calls so many.
  explicit Progress(std::string what, std::string unit = "bytes");
  void set(uint64_t done, uint64_t total) {
    total_.store(total);
    done_.store(done);
  }

 private:
  void show_bar(const std::stop_token& stop) const;
  void print_lines(const std::stop_token& stop) const;

  std::string what_, unit_;
  Stopwatch watch_;
  std::atomic<uint64_t> done_ = 0, total_ = 0;
  std::jthread thread_;  // last: it uses the others
};

}  // namespace cria::cmd
