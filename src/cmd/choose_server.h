#pragma once
// Whether `cria run` asks a server, or computes in its own process.

#include "cmd/run.h"

namespace cria::cmd {

// True: one is there, and nothing asks for this process. Which it is, and why, is told in the debug
// log, and by --verbose.
bool find_server(const RunOptions& options);

}  // namespace cria::cmd
