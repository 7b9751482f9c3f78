#include "cmd/bus_error.h"

#include <signal.h>
#include <unistd.h>

#include <string_view>

namespace cria::cmd {
namespace {

void on_bus_error(int) {
  constexpr std::string_view kMessage =
      "cria: a file in use was cut short or cannot be read from its disk any more\n";
  // Only what POSIX allows in a handler; that the message is lost changes nothing.
  if (::write(STDERR_FILENO, kMessage.data(), kMessage.size()) < 0) ::_exit(1);
  ::_exit(1);
}

}  // namespace

void end_at_bus_errors() {
  struct sigaction action {};
  action.sa_handler = on_bus_error;
  sigemptyset(&action.sa_mask);
  sigaction(SIGBUS, &action, nullptr);
}

}  // namespace cria::cmd
