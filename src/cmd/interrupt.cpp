#include "cmd/interrupt.h"

#include <poll.h>
#include <signal.h>

#include <atomic>
#include <cerrno>
#include <chrono>
#include <condition_variable>
#include <mutex>

namespace cria::cmd {
namespace {

std::atomic<bool> interrupted = false;
static_assert(std::atomic<bool>::is_always_lock_free, "a signal handler writes it");

void on_signal(int) { interrupted.store(true); }

}  // namespace

InterruptHandler::InterruptHandler() {
  struct sigaction action {};
  action.sa_handler = on_signal;
  sigemptyset(&action.sa_mask);
  action.sa_flags = 0;  // without SA_RESTART: a blocked read returns
  sigaction(SIGINT, &action, nullptr);
}

InterruptHandler::~InterruptHandler() { signal(SIGINT, SIG_DFL); }

bool take_interrupt() { return interrupted.exchange(false); }

bool wait_for_input(int file_descriptor) {
  {
    // Blocked but for the wait itself, a signal cannot slip in between looking at the flag and
    // waiting.
    const BlockInterrupts block;
    sigset_t waiting;
    pthread_sigmask(SIG_BLOCK, nullptr, &waiting);
    sigdelset(&waiting, SIGINT);
    pollfd input{.fd = file_descriptor, .events = POLLIN, .revents = 0};
    int ready = 0;
    while (!interrupted.load() && ready == 0) {
      ready = ppoll(&input, 1, nullptr, &waiting);
      if (ready < 0 && errno == EINTR) ready = 0;
    }
  }
  // With both input and a signal there, the signal is only delivered when the block ends.
  return !interrupted.load();
}

OnInterrupt::OnInterrupt(std::function<void()> action) {
  const BlockInterrupts block;
  thread_ = std::jthread([action = std::move(action)](const std::stop_token& stop) {
    // A handler may not notify a condition, so the flag is looked at so often that nobody notices.
    constexpr std::chrono::milliseconds kInterval(20);
    std::mutex mutex;
    std::condition_variable_any condition;
    std::unique_lock lock(mutex);
    while (!stop.stop_requested()) {
      if (interrupted.load()) return action();
      condition.wait_for(lock, stop, kInterval, [] { return interrupted.load(); });
    }
  });
}

BlockInterrupts::BlockInterrupts() {
  sigset_t interrupt;
  sigemptyset(&interrupt);
  sigaddset(&interrupt, SIGINT);
  pthread_sigmask(SIG_BLOCK, &interrupt, &before_);
}

BlockInterrupts::~BlockInterrupts() { pthread_sigmask(SIG_SETMASK, &before_, nullptr); }

}  // namespace cria::cmd
