#include "client/client.h"

#include <filesystem>
#include <fstream>
#include <span>
#include <utility>

#include "base/quote.h"
#include "client/transfer.h"

namespace cria::client {
namespace {

using Code = Error::Code;
using std::chrono::milliseconds;

constexpr milliseconds kPatience(10000);
// To find out whether there is a server: one of this machine refuses at once, and what accepts is
// given time to answer while it is busy.
constexpr milliseconds kProbePatience(1000), kProbeLimit(5000);
constexpr size_t kLongest = size_t{256}
                            << 20;  // bytes of a line, or of an answer that is no stream

Code code_of(int status) {
  switch (status) {
    case 400:
      return Code::kInvalidArgument;
    case 404:
      return Code::kNotFound;
    case 499:
      return Code::kCancelled;
    case 501:
      return Code::kUnsupported;
    default:
      return Code::kInternal;
  }
}

// {"error": "text"}, or OpenAI's {"error": {"message": "text"}}; none when there is no error.
std::optional<std::string> error_in(const Json& json) {
  const auto error = json.is_object() ? json.find("error") : json.end();
  if (!json.is_object() || error == json.end()) return std::nullopt;
  if (error->is_string()) return error->get<std::string>();
  if (error->is_object() && error->contains("message") && (*error)["message"].is_string()) {
    return (*error)["message"].get<std::string>();
  }
  return error->dump();
}

Json parse(std::string_view text, const settings::Address& address) {
  Json json = Json::parse(text, nullptr, /*allow_exceptions=*/false);
  if (json.is_object()) return json;
  fail(Code::kCorrupt, "the server at ", address.url(), " answered ", quote(text),
       ", expected a JSON object");
}

[[noreturn]] void fail_with(int status, std::string_view body, const settings::Address& address) {
  const Json json = Json::parse(body, nullptr, false);
  if (const auto error = error_in(json)) throw ServerError(status, *error);
  const std::string said = body.empty() ? "" : concat(": ", quote(body));
  const char* const hint = status == 401 ? " (CRIA_API_KEY holds the key)" : "";
  throw ServerError(status, concat("the server at ", address.url(), " answered with status ",
                                   status, said, hint));
}

std::string body_of(const Json& json) {
  return json.dump(-1, ' ', false, Json::error_handler_t::replace);
}

}  // namespace

ServerError::ServerError(int code, const std::string& what)
    : Error(code_of(code), what), status(code) {}

struct Client::State {
  settings::Address address;
  std::string key;
  Connections connections;

  // The answer of one object. Its status is good, or ServerError is thrown.
  Json ask(Request request, const std::stop_token& stop = {}) {
    request.key = key;
    std::string answer;
    const auto add = [&](int, std::string_view bytes) {
      if (answer.size() + bytes.size() > kLongest) {
        fail(Code::kCorrupt, "the server at ", address.url(), " answers without end");
      }
      answer += bytes;
      return true;
    };
    const auto [end, status] = transfer(connections, address, request, add, stop);
    if (end == End::kStopped) fail(Code::kCancelled, "interrupted");
    if (status < 200 || status >= 300) fail_with(status, answer, address);
    // Some answer with a status alone.
    return answer.empty() ? Json::object() : parse(answer, address);
  }
};

Client::Client(settings::Address address, std::string key)
    : state_(new State{std::move(address), std::move(key), {}}) {}
Client::~Client() = default;
Client::Client(Client&&) noexcept = default;

const settings::Address& Client::address() const { return state_->address; }

std::optional<std::string> Client::version() {
  try {
    const Json answer =
        state_->ask({.path = "/api/version", .patience = kProbePatience, .limit = kProbeLimit});
    const auto version = answer.find("version");
    if (version == answer.end() || !version->is_string()) return std::nullopt;
    return version->get<std::string>();
  } catch (const ServerError& error) {
    // One that wants a key is there all the same.
    if (error.status == 401 || error.status == 403) return "unknown";
    return std::nullopt;
  } catch (const Error&) {
    return std::nullopt;
  }
}

Json Client::get(const std::string& path) {
  return state_->ask({.path = path, .patience = kPatience});
}
Json Client::post(const std::string& path, const Json& body, const std::stop_token& stop) {
  return state_->ask(
      {.method = Method::kPost, .path = path, .body = body_of(body), .patience = kPatience}, stop);
}
Json Client::remove(const std::string& path, const Json& body) {
  return state_->ask(
      {.method = Method::kDelete, .path = path, .body = body_of(body), .patience = kPatience});
}

bool Client::has(const std::string& path) {
  try {
    state_->ask({.method = Method::kHead, .path = path, .patience = kPatience});
    return true;
  } catch (const ServerError& error) {
    if (error.status == 404) return false;
    throw;
  }
}

void Client::upload(const std::string& path, const std::string& file, const Progress& progress) {
  std::ifstream in(file, std::ios::binary);
  const uint64_t size = std::filesystem::file_size(file);
  uint64_t done = 0;
  const auto read = [&](std::span<char> piece) {
    in.read(piece.data(), static_cast<std::streamsize>(piece.size()));
    const auto count = static_cast<size_t>(in.gcount());
    if (in.bad() || (count == 0 && done < size)) {
      fail(Code::kInternal, file, ": cannot be read any further than byte ", done, " of ", size);
    }
    done += count;
    if (!progress(done, size)) fail(Code::kCancelled, file, ": sending it was cancelled");
    return count;
  };
  state_->ask({.method = Method::kPost,
               .path = path,
               .upload = Upload{.size = size, .read = read},
               .patience = kPatience});
}

bool Client::stream(const std::string& path, const Json& body, const OnLine& on_line,
                    const std::stop_token& stop) {
  std::string rest;  // of a line, or all of an error
  const auto take = [&](std::string_view line) {
    if (line.find_first_not_of(" \r") == line.npos) return true;
    const Json json = parse(line, state_->address);
    if (const auto error = error_in(json)) throw ServerError(500, *error);
    return on_line(json);
  };
  const auto add = [&](int status, std::string_view bytes) {
    size_t begin = 0;
    for (size_t end; status < 300 && (end = bytes.find('\n', begin)) != bytes.npos;
         begin = end + 1) {
      rest += bytes.substr(begin, end - begin);
      if (!take(std::exchange(rest, {}))) return false;
    }
    rest += bytes.substr(begin);
    if (rest.size() <= kLongest) return true;
    fail(Code::kCorrupt, "the server at ", state_->address.url(), " sends a line without end");
  };
  const Request request{.method = Method::kPost,
                        .path = path,
                        .key = state_->key,
                        .body = body_of(body),
                        .patience = kPatience};
  const auto [end, status] = transfer(state_->connections, state_->address, request, add, stop);
  if (end == End::kStopped) return false;
  if (status < 200 || status >= 300) fail_with(status, rest, state_->address);
  return take(rest);
}

}  // namespace cria::client
