#pragma once
// What goes wrong, as an answer in the dialect that was asked in.

#include <exception>
#include <string>
#include <string_view>

#include "server/http/http.h"

namespace cria::server {

// The native API, and the two that are translations of it.
enum class Dialect : uint8_t { kNative, kOpenAi, kAnthropic };
Dialect dialect_of(std::string_view path);

// An answer with another status than its error's code has.
struct StatusError : std::exception {
  StatusError(int is, std::string text) : status(is), message(std::move(text)) {}
  const char* what() const noexcept override { return message.c_str(); }
  int status;
  std::string message;
};

// The status and message of what was thrown; no message names a folder of this machine.
struct Problem {
  int status;
  std::string message;
};
Problem problem_of(const std::exception& error);

Response error_response(Dialect dialect, const Problem& problem);
std::string error_object(Dialect dialect, const Problem& problem);
// Of one that comes when the answer has begun: what a stream says instead of going on.
std::string error_in_stream(Dialect dialect, const Problem& problem);

// Paths in a text become their last part.
std::string without_folders(std::string_view text);

}  // namespace cria::server
