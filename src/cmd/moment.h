#pragma once
// Points in time, as servers write them.

#include <chrono>
#include <optional>
#include <string>
#include <string_view>

namespace cria::cmd {

using Moment = std::chrono::sys_seconds;

// "2026-11-26T18:20:00.123456789+01:00" of RFC 3339; parts of a second are left out. None: it is no
// such text.
std::optional<Moment> parse_moment(std::string_view text);

double seconds_since(Moment moment);  // negative: it is still to come

// "4 minutes from now", "Forever" for what nobody lives to see.
std::string until_text(double seconds);

}  // namespace cria::cmd
