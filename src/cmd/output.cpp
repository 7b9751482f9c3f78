#include "cmd/output.h"

#include <unistd.h>

#include <cerrno>
#include <cstdio>
#include <system_error>

#include "base/error.h"

namespace cria::cmd {
namespace {

[[noreturn]] void cannot_write(int error) {
  fail(Error::Code::kInternal,
       "cannot write to standard output: ", std::generic_category().message(error));
}

}  // namespace

void print(std::string_view text) {
  if (std::fwrite(text.data(), 1, text.size(), stdout) != text.size()) cannot_write(errno);
}

void flush() {
  if (std::fflush(stdout) != 0) cannot_write(errno);
}

void notice(std::string_view line) {
  std::fprintf(stderr, "cria: %.*s\n", static_cast<int>(line.size()), line.data());
}

bool output_is_terminal() { return ::isatty(STDOUT_FILENO) == 1; }
bool error_is_terminal() { return ::isatty(STDERR_FILENO) == 1; }
bool input_is_terminal() { return ::isatty(STDIN_FILENO) == 1; }

}  // namespace cria::cmd
