#pragma once
// Whether a command asks a server, or does its work in its own process and store.

#include <optional>
#include <string>

#include "client/client.h"

namespace cria::cmd {

// A server that answers, unless `reason` says why this process is to do it. Which it is, and why,
// is told in the debug log, and to the user if `verbose`.
std::optional<client::Client> find_server(const std::string& reason, bool verbose = false);

// For the commands that are about stored models: those of a server, if one answers.
std::optional<client::Client> find_server_unless(bool local);

}  // namespace cria::cmd
