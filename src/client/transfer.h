#pragma once
// One request over libcurl.

#include <curl/curl.h>

#include <chrono>
#include <exception>
#include <functional>
#include <memory>
#include <optional>
#include <span>
#include <stop_token>
#include <string>
#include <string_view>

#include "settings/address.h"

namespace cria::client {

enum class Method { kGet, kPost, kDelete, kHead };

// What is sent in the place of a text: `read` fills a piece, and returns how much; 0 at the end.
struct Upload {
  uint64_t size;  // bytes
  std::function<size_t(std::span<char> piece)> read;
};

struct Request {
  Method method = Method::kGet;
  std::string path;
  std::string key{};
  std::string body{};
  std::optional<Upload> upload{};      // instead of the body
  std::chrono::milliseconds patience;  // until there is a connection
  std::chrono::milliseconds limit{0};  // for all of it; 0: none
};

// Connections are kept for the next request. Not for several threads.
class Connections {
 public:
  Connections();
  CURLM* get() const { return multi_.get(); }

 private:
  struct CleanUp {
    void operator()(CURLM* multi) const { curl_multi_cleanup(multi); }
  };
  std::unique_ptr<CURLM, CleanUp> multi_;
};

enum class End { kDone, kStopped };

// Hands on bytes of the body as they come, with the status; false stops. NoServer: no connection;
// kInternal: it broke off; and what the receiver and an upload throw.
using OnBytes = std::function<bool(int status, std::string_view bytes)>;
struct Outcome {
  End end;
  int status;
};
Outcome transfer(Connections& connections, const settings::Address& address, const Request& request,
                 const OnBytes& on_bytes, const std::stop_token& stop);

}  // namespace cria::client
