// The program: runs the command that its arguments name and tells what went wrong.

#include <csignal>
#include <cstdio>
#include <exception>
#include <new>

#include "base/error.h"
#include "cmd/bus_error.h"
#include "cmd/command_line.h"
#include "cmd/output.h"

int main(int argc, char** argv) {
  // Some parents leave it ignored; output to a closed pipe shall end the program, quietly.
  std::signal(SIGPIPE, SIG_DFL);
  cria::cmd::end_at_bus_errors();
  try {
    const int status = cria::cmd::run_command_line({argv + 1, argv + argc});
    cria::cmd::flush();
    return status;
  } catch (const cria::Error& error) {
    cria::cmd::notice(error.what());
  } catch (const std::bad_alloc&) {
    cria::cmd::notice("out of memory");
  } catch (const std::exception& error) {
    cria::cmd::notice(error.what());
  }
  return 1;
}
