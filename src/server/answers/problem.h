#pragma once
// What goes wrong, as each dialect tells it.

#include <cstdint>
#include <string>

namespace cria::server {

// The native API, and the two that are translations of it.
enum class Dialect : uint8_t { kNative, kOpenAi, kAnthropic };

struct Problem {
  int status;  // of HTTP
  std::string message;
  std::string field = {};  // of the request, by its place: "messages[0].role"; "": none is known
};

std::string error_object(Dialect dialect, const Problem& problem);
// Of one that comes when the answer has begun: what a stream says instead of going on.
std::string error_in_stream(Dialect dialect, const Problem& problem);

}  // namespace cria::server
