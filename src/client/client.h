#pragma once
// Asks a server that speaks Ollama's API.

#include <functional>
#include <memory>
#include <nlohmann/json.hpp>
#include <optional>
#include <stop_token>
#include <string>

#include "base/error.h"
#include "settings/address.h"

namespace cria::client {

using Json = nlohmann::ordered_json;

// Nobody answers there; the message says what to do.
struct NoServer : Error {
  using Error::Error;
};

// What a server said instead of a result. The code fits the status.
struct ServerError : Error {
  ServerError(int status, const std::string& what);
  int status;  // of HTTP; 500 when the answer had begun
};

class Client {
 public:
  // An empty key: none is sent.
  Client(settings::Address address, std::string key);
  ~Client();
  Client(Client&&) noexcept;

  const settings::Address& address() const;

  // Of the server; none when nothing answers there soon, or something that is no such server.
  std::optional<std::string> version();

  // An answer of one object. NoServer, ServerError, Corrupt: it is none. Cancelled: it was stopped.
  Json get(const std::string& path);
  Json post(const std::string& path, const Json& body, const std::stop_token& stop = {});
  Json remove(const std::string& path, const Json& body);  // DELETE
  // Whether there is something at the path: HEAD.
  bool has(const std::string& path);

  // Sends a file as it is. Cancelled when `progress` returns false, which is told how many bytes
  // are sent and will be; Internal when the file becomes shorter meanwhile.
  using Progress = std::function<bool(uint64_t done, uint64_t total)>;
  void upload(const std::string& path, const std::string& file, const Progress& progress);

  // An answer of an object a line, each as it comes. False: it was stopped, or the receiver
  // returned false; the connection is closed then, which ends the work of the server. Errors as
  // above, and those of the receiver; an answer that breaks off is kInternal.
  using OnLine = std::function<bool(const Json& line)>;
  bool stream(const std::string& path, const Json& body, const OnLine& on_line,
              const std::stop_token& stop = {});

 private:
  struct State;
  std::unique_ptr<State> state_;
};

}  // namespace cria::client
