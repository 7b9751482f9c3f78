#pragma once
// Debug log, which the program turns on where the user has set it. The library prints nowhere else.

#include "base/error.h"

namespace cria::log {

void enable_debug();
bool debug_enabled();
void write(const std::string& line);  // one line to standard error, with the time since the start

template <class... Args>
void debug(const Args&... args) {
  if (debug_enabled()) write(concat(args...));
}

}  // namespace cria::log
