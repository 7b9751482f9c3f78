#pragma once
// What goes wrong, as an answer in the dialect that was asked in.

#include <exception>
#include <string>
#include <string_view>

#include "server/answers/problem.h"
#include "server/http/http.h"

namespace cria::server {

Dialect dialect_of(std::string_view path);

// An answer with another status than its error's code has.
struct StatusError : std::exception {
  StatusError(int is, std::string text) : status(is), message(std::move(text)) {}
  const char* what() const noexcept override { return message.c_str(); }
  int status;
  std::string message;
};

// The status and message of what was thrown; no message names a folder of this machine.
Problem problem_of(const std::exception& error);

Response error_response(Dialect dialect, const Problem& problem);

// Paths in a text become their last part.
std::string without_folders(std::string_view text);

}  // namespace cria::server
