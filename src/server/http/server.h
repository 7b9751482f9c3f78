#pragma once
// An HTTP/1.1 server: connections are served by one thread however many there are, and each request
// by a thread of its own once it has come in whole, so that slow clients hold nothing but memory.

#include <chrono>
#include <functional>
#include <memory>
#include <optional>
#include <string>

#include "server/http/http.h"

namespace cria::server {

struct ListenOptions {
  std::string host = "127.0.0.1";          // an address, or a name of one
  int port = 0;                            // 0: any that is free
  std::string certificate = {}, key = {};  // texts in PEM; empty: no TLS
  int64_t most_connections = 1024;
  int64_t most_requests = 640;  // that are answered at once; more get 503
  size_t most_body_bytes = size_t{128} << 20;
  std::chrono::seconds idle_timeout{60};  // without any byte in either direction
  std::chrono::seconds head_timeout{30};  // for a request's head, however it trickles in
  size_t least_body_rate = 1024;          // bytes a second, after that time
};

// What becomes of a request when its head is there.
struct Admission {
  std::optional<Response> refusal = {};  // instead of reading the body
  bool streams_body = false;             // the handler reads it, however large it is
};

// As a line of text.
Response refuse_plainly(const Request& request, int status, const std::string& why);

class HttpServer {
 public:
  using Admit = std::function<Admission(const Request&)>;  // quick: all connections wait for it
  using Handler = std::function<void(Request&, Responder&)>;
  // How a request is told that the server itself cannot take it: 400, 413, 503.
  using Refuse = std::function<Response(const Request&, int status, const std::string& why)>;

  // Listens at once. InvalidArgument: no such address, or a certificate that is none; Unsupported
  // when the address cannot be had, as when it is in use. A handler answers before it returns;
  // what it throws is for it to catch.
  HttpServer(const ListenOptions& options, Admit admit, Handler handler,
             Refuse refuse = refuse_plainly);
  // Takes no more requests; those that are answered are told that their clients are gone, and
  // waited for.
  ~HttpServer();

  std::string address() const;  // "127.0.0.1:11434", "[::1]:11434"
  int port() const;

 private:
  class Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace cria::server
