#pragma once
// HTTP requests and how they are answered, without any library's types.

#include <cstddef>
#include <functional>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace cria::server {

struct Field {
  std::string name, value;
};

// A body that is read as it comes.
class Body {
 public:
  virtual ~Body() = default;
  // Waits for bytes and gives as many as fit; 0 at the end. Cancelled when the client goes away.
  virtual size_t read(std::span<char> out) = 0;
};

struct Request {
  std::string method, path;  // the path decoded, without the query
  std::vector<Field> headers, query;
  std::string peer;        // the client's address, without its port
  std::string body = {};   // all of it, unless it is streamed
  Body* stream = nullptr;  // of routes that take it so

  // Names of headers are alike in any case; of several the first.
  std::optional<std::string_view> header(std::string_view name) const;
  std::optional<std::string_view> parameter(std::string_view name) const;  // of the query
};

struct Response {
  int status = 200;
  std::string body = {};
  std::string type = "application/json; charset=utf-8";
  std::vector<Field> headers = {};
};

// What one request is answered with: send(), or begin(), any number of write(), and end(). By one
// thread at a time.
class Responder {
 public:
  virtual ~Responder() = default;

  virtual void send(Response response) = 0;
  // The body follows in pieces; that of `head` is the first.
  virtual void begin(Response head) = 0;
  // Waits while the client is slower than what is written. False once it has gone away.
  virtual bool write(std::string_view bytes) = 0;
  virtual void end() = 0;

  virtual bool has_begun() const = 0;
  // Is called once, from another thread, if the client goes away before the end; at once if it has.
  virtual void when_gone(std::function<void()> call) = 0;
};

}  // namespace cria::server
