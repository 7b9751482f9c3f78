#pragma once
// Shows that something goes on, until it is destroyed.

#include <thread>

namespace cria::cmd {

// At a terminal on standard error, after a moment; elsewhere, and when the debug log writes there,
// nothing.
class Spinner {
 public:
  Spinner();

 private:
  std::jthread thread_;
};

}  // namespace cria::cmd
