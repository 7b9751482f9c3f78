#include "server/errors.h"

#include <cctype>

#include "base/error.h"
#include "runner/engine.h"
#include "server/fields.h"
#include "server/scheduler.h"

namespace cria::server {
namespace {

using Code = Error::Code;

int status_of(Code code) {
  switch (code) {
    case Code::kInvalidArgument:
    case Code::kUnsupported:
      return 400;
    case Code::kNotFound:
      return 404;
    case Code::kCancelled:
      return 499;
    case Code::kOutOfMemory:
    case Code::kCorrupt:
    case Code::kInternal:
      return 500;
  }
  return 500;
}

bool is_part_of_a_path(char c) {
  return std::isalnum(static_cast<unsigned char>(c)) || c == '.' || c == '_' || c == '-' ||
         c == '+' || c == '~' || c == '@' || static_cast<unsigned char>(c) >= 0x80;
}

}  // namespace

Dialect dialect_of(std::string_view path) {
  if (path.starts_with("/v1/messages")) return Dialect::kAnthropic;
  return path.starts_with("/v1/") ? Dialect::kOpenAi : Dialect::kNative;
}

// A path begins with a slash that follows no letter, and holds another one: "and/or", "/api" stay,
// and so do URLs.
std::string without_folders(std::string_view text) {
  std::string out;
  for (size_t i = 0; i < text.size();) {
    constexpr std::string_view kOfUrl = "://";
    if (text.substr(i).starts_with(kOfUrl)) {
      out += kOfUrl;
      i += kOfUrl.size();
      continue;
    }
    const bool may_begin = text[i] == '/' && (i == 0 || !is_part_of_a_path(text[i - 1]));
    if (!may_begin) {
      out += text[i++];
      continue;
    }
    size_t end = i;
    while (end < text.size() && (text[end] == '/' || is_part_of_a_path(text[end]))) ++end;
    const std::string_view path = text.substr(i, end - i);
    const size_t last = path.rfind('/');
    out += last == 0 ? path : path.substr(last + 1);
    i = end;
  }
  return out;
}

Problem problem_of(const std::exception& error) {
  if (const auto* with_status = dynamic_cast<const StatusError*>(&error)) {
    return {with_status->status, with_status->message};
  }
  const std::string message = without_folders(error.what());
  const bool is_busy =
      dynamic_cast<const Busy*>(&error) || dynamic_cast<const runner::QueueFull*>(&error);
  if (is_busy) return {503, message};
  if (const auto* ours = dynamic_cast<const Error*>(&error)) {
    const auto* of_field = dynamic_cast<const FieldError*>(&error);
    return {status_of(ours->code()), message, of_field ? of_field->field : ""};
  }
  return {500, message};
}

Response error_response(Dialect dialect, const Problem& problem) {
  Response response{.status = problem.status, .body = error_object(dialect, problem)};
  if (problem.status == 503) response.headers.push_back({"Retry-After", "1"});
  if (problem.status == 401) response.headers.push_back({"WWW-Authenticate", "Bearer"});
  return response;
}

}  // namespace cria::server
