#pragma once
// Waiting that can be ended.

#include <chrono>
#include <stop_token>

namespace cria::cmd {

// False: it was asked to stop.
bool wait(const std::stop_token& stop, std::chrono::milliseconds time);

}  // namespace cria::cmd
