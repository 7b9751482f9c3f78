#pragma once
// Tells people at a terminal how far something that takes long is.

#include <atomic>
#include <string>
#include <thread>

namespace cria::cmd {

// A spinner with a percentage on standard error, shown after 300 ms, gone when destroyed. Nothing
// when standard error is no terminal, or when the debug log writes there.
class Progress {
 public:
  explicit Progress(std::string what);
  void set(double fraction) { fraction_.store(fraction); }

 private:
  void spin(const std::stop_token& stop) const;

  std::string what_;
  std::atomic<double> fraction_ = 0;
  std::jthread thread_;  // last: it uses the others
};

}  // namespace cria::cmd
