#pragma once
// Lengths of time as Go writes them, which Ollama's settings and requests have.

#include <chrono>
#include <optional>
#include <string>
#include <string_view>

namespace cria::settings {

using Nanoseconds = std::chrono::nanoseconds;

// "1h30m", "5m", "1.5s", "-1ns", "300ms", "0"; none when it is no such text, or longer than 292
// years.
std::optional<Nanoseconds> parse_duration(std::string_view text);

// How long a model stays loaded: a duration, or a number of seconds. None: for ever, which anything
// negative means. InvalidArgument.
std::optional<Nanoseconds> parse_keep_alive(std::string_view text);

// "1h30m0s", "5m0s", "1.5s", "300ms"
std::string duration_text(Nanoseconds duration);

}  // namespace cria::settings
