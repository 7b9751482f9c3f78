#pragma once
// Ctrl-C as an event instead of the end of the program.

#include <signal.h>

#include <functional>
#include <thread>

namespace cria::cmd {

// While one lives, SIGINT only sets a flag, and makes a blocked read return.
class InterruptHandler {
 public:
  InterruptHandler();
  ~InterruptHandler();
  InterruptHandler(const InterruptHandler&) = delete;
  InterruptHandler& operator=(const InterruptHandler&) = delete;
};

// Whether SIGINT came since the last call.
bool take_interrupt();

// Waits until there is something to read. False when an interrupt came, also one that came before
// and was not taken.
bool wait_for_input(int file_descriptor);

// While one lives, an interrupt calls `action`, on a thread of its own.
class OnInterrupt {
 public:
  explicit OnInterrupt(std::function<void()> action);

 private:
  std::jthread thread_;  // stops and joins when destroyed
};

// While one lives, threads that are started leave SIGINT to the main thread. One within another
// changes nothing.
class BlockInterrupts {
 public:
  BlockInterrupts();
  ~BlockInterrupts();
  BlockInterrupts(const BlockInterrupts&) = delete;
  BlockInterrupts& operator=(const BlockInterrupts&) = delete;

 private:
  sigset_t before_;
};

}  // namespace cria::cmd
