#pragma once
// Debug log: off unless CRIA_DEBUG (or OLLAMA_DEBUG) is set to something other than 0. The library
// prints nowhere else.

#include "base/error.h"

namespace cria::log {

bool debug_enabled();
void write(const std::string& line);  // one line to standard error, with the time since the start

template <class... Args>
void debug(const Args&... args) {
  if (debug_enabled()) write(concat(args...));
}

}  // namespace cria::log
