#pragma once
// Names the file in errors of code that does not know which one it reads.

#include <string>

#include "base/error.h"

namespace cria {

// Calls the function; what it throws begins with the path, once.
template <class Function>
auto about_file(const std::string& path, Function function) {
  try {
    return function();
  } catch (const Error& error) {
    const std::string what = error.what();
    if (what.starts_with(path)) throw;
    fail(error.code(), path, ": ", what);
  }
}

}  // namespace cria
