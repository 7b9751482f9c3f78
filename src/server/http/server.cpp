#include "server/http/server.h"

#include <microhttpd.h>
#include <strings.h>
#include <unistd.h>

#include <algorithm>
#include <atomic>
#include <condition_variable>
#include <cstdlib>
#include <mutex>
#include <system_error>
#include <thread>

#include "base/error.h"
#include "base/files.h"
#include "base/log.h"
#include "server/http/exchange.h"
#include "server/http/listen.h"
#include "server/http/watcher.h"

namespace cria::server {
namespace {

constexpr size_t kMostHeadBytes = size_t{64} << 10;

int socket_of(MHD_Connection* connection) {
  return MHD_get_connection_info(connection, MHD_CONNECTION_INFO_CONNECTION_FD)->connect_fd;
}

std::string peer_of(MHD_Connection* connection) {
  const sockaddr* address =
      MHD_get_connection_info(connection, MHD_CONNECTION_INFO_CLIENT_ADDRESS)->client_addr;
  return address_text(address);
}

MHD_Result add_field(void* to, MHD_ValueKind, const char* name, const char* value) {
  static_cast<std::vector<Field>*>(to)->push_back({name, value ? value : ""});
  return MHD_YES;
}

Request request_of(MHD_Connection* connection, const char* path, const char* method) {
  Request request;
  request.method = method;
  request.path = path;
  request.peer = peer_of(connection);
  MHD_get_connection_values(connection, MHD_HEADER_KIND, add_field, &request.headers);
  MHD_get_connection_values(connection, MHD_GET_ARGUMENT_KIND, add_field, &request.query);
  return request;
}

// The length that a request announces; none when it announces nothing that is one.
std::optional<size_t> announced_length(const Request& request) {
  const auto text = request.header(MHD_HTTP_HEADER_CONTENT_LENGTH);
  if (!text) return std::nullopt;
  return std::strtoull(std::string(*text).c_str(), nullptr, 10);
}

// Another program on the way might take its body to end elsewhere, and what follows for a request
// of its own.
bool has_two_lengths(const Request& request) {
  const auto is_length = [](const Field& field) {
    return ::strcasecmp(field.name.c_str(), MHD_HTTP_HEADER_CONTENT_LENGTH) == 0 ||
           ::strcasecmp(field.name.c_str(), MHD_HTTP_HEADER_TRANSFER_ENCODING) == 0;
  };
  return std::ranges::count_if(request.headers, is_length) > 1;
}

}  // namespace

class HttpServer::Impl {
 public:
  Impl(const ListenOptions& options, Admit admit, Handler handler, Refuse refuse)
      : options_(options),
        admit_(std::move(admit)),
        handler_(std::move(handler)),
        refuse_(std::move(refuse)),
        watcher_({options.head_timeout, options.head_timeout, options.least_body_rate}) {
    FileDescriptor socket = listen_at(options.host, options.port);
    address_ = bound_address(socket.get(), port_);
    start(socket.get());
    socket.release();  // the library closes it
  }

  ~Impl() {
    const MHD_socket socket = MHD_quiesce_daemon(daemon_);
    is_stopping_ = true;
    watcher_.hang_up_all();
    {
      std::unique_lock lock(mutex_);
      idle_.wait(lock, [this] { return active_ == 0; });
    }
    MHD_stop_daemon(daemon_);
    if (socket != MHD_INVALID_SOCKET) ::close(socket);
  }

  const std::string& address() const { return address_; }
  int port() const { return port_; }

 private:
  using Shared = std::shared_ptr<Exchange>;

  void start(int socket) {
    unsigned flags = MHD_USE_EPOLL_INTERNAL_THREAD | MHD_ALLOW_SUSPEND_RESUME;
    std::vector<MHD_OptionItem> tls;
    if (!options_.certificate.empty()) {
      flags |= MHD_USE_TLS;
      tls.push_back(
          {MHD_OPTION_HTTPS_MEM_CERT, 0, const_cast<char*>(options_.certificate.c_str())});
      tls.push_back({MHD_OPTION_HTTPS_MEM_KEY, 0, const_cast<char*>(options_.key.c_str())});
    }
    tls.push_back({MHD_OPTION_END, 0, nullptr});
    daemon_ = MHD_start_daemon(
        flags, 0, nullptr, nullptr, on_request, this,                                   //
        MHD_OPTION_LISTEN_SOCKET, socket,                                               //
        MHD_OPTION_CONNECTION_LIMIT, static_cast<unsigned>(options_.most_connections),  //
        MHD_OPTION_CONNECTION_TIMEOUT, static_cast<unsigned>(options_.idle_timeout.count()),
        MHD_OPTION_CONNECTION_MEMORY_LIMIT, kMostHeadBytes,  //
        MHD_OPTION_STRICT_FOR_CLIENT, 1,                     //
        MHD_OPTION_NOTIFY_CONNECTION, on_connection, this,   //
        MHD_OPTION_NOTIFY_COMPLETED, on_completed, this,     //
        MHD_OPTION_ARRAY, tls.data(), MHD_OPTION_END);
    if (daemon_) return;
    fail(Error::Code::kInvalidArgument, options_.host, ":", options_.port, ": cannot be served",
         options_.certificate.empty() ? "" : ", expected a certificate and its key in PEM");
  }

  static void on_connection(void* self, MHD_Connection* connection, void**,
                            MHD_ConnectionNotificationCode code) {
    Watcher& watcher = static_cast<Impl*>(self)->watcher_;
    const int socket = socket_of(connection);
    code == MHD_CONNECTION_NOTIFY_STARTED ? watcher.opened(socket) : watcher.closed(socket);
  }

  static MHD_Result on_request(void* self, MHD_Connection* connection, const char* path,
                               const char* method, const char*, const char* bytes, size_t* size,
                               void** state) {
    Impl& server = *static_cast<Impl*>(self);
    try {
      if (!*state) return server.begin(connection, request_of(connection, path, method), state);
      return server.go_on(*static_cast<Shared*>(*state), {bytes, *size}, *size);
    } catch (const std::exception& error) {  // may not pass through the library: no memory is left
      log::debug("a connection is closed: ", error.what());
      return MHD_NO;
    }
  }

  Response busy(const Request& request) const {
    return refuse_(request, MHD_HTTP_SERVICE_UNAVAILABLE,
                   "server busy, please try again.  maximum pending requests exceeded");
  }

  Response too_large(const Request& request) const {
    return refuse_(request, MHD_HTTP_CONTENT_TOO_LARGE,
                   concat("the request body has more than ", options_.most_body_bytes, " bytes"));
  }

  // The head is there.
  MHD_Result begin(MHD_Connection* connection, Request request, void** state) {
    Admission admission = admit_(request);
    if (is_stopping_) admission.refusal = busy(request);
    const auto length = announced_length(request);
    if (!admission.streams_body && length && *length > options_.most_body_bytes) {
      admission.refusal = too_large(request);
    }
    if (has_two_lengths(request)) {
      admission.refusal =
          refuse_(request, MHD_HTTP_BAD_REQUEST, "the request says more than once how long it is");
      admission.refusal->headers.push_back({MHD_HTTP_HEADER_CONNECTION, "close"});
    }
    auto exchange =
        std::make_shared<Exchange>(connection, std::move(request), admission.streams_body);
    *state = new Shared(exchange);
    watcher_.begins(socket_of(connection), exchange);
    if (admission.refusal) {
      exchange->send(std::move(*admission.refusal));
      return exchange->answer();
    }
    if (admission.streams_body) handle(exchange);
    return MHD_YES;
  }

  // A piece of the body is there, or, with none, its end.
  MHD_Result go_on(const Shared& exchange, std::string_view bytes, size_t& left) {
    if (!bytes.empty()) {
      size_t taken = 0;
      if (!exchange->take(bytes, options_.most_body_bytes, taken)) {
        if (exchange->has_begun()) return MHD_NO;
        exchange->send(too_large(exchange->request()));
      }
      left -= taken;
      return MHD_YES;
    }
    if (exchange->body_ends() && !exchange->streams_body() && !exchange->has_begun()) {
      handle(exchange);
    }
    return exchange->answer();
  }

  static void on_completed(void* self, MHD_Connection* connection, void** state,
                           MHD_RequestTerminationCode) {
    const std::unique_ptr<Shared> exchange(static_cast<Shared*>(*state));
    *state = nullptr;
    if (!exchange) return;
    static_cast<Impl*>(self)->watcher_.ends(socket_of(connection));
    (*exchange)->finish();
  }

  // On a thread of its own.
  void handle(const Shared& exchange) {
    {
      const std::lock_guard lock(mutex_);
      if (active_ >= options_.most_requests || is_stopping_) {
        exchange->send(busy(exchange->request()));
        return;
      }
      ++active_;
    }
    try {
      std::thread([this, exchange] {
        try {
          handler_(exchange->request(), *exchange);
          CRIA_CHECK(exchange->has_begun());
        } catch (const std::exception& error) {  // no memory is left even to say so
          log::debug("a request is given up: ", error.what());
          exchange->give_up();
        }
        handled();
      }).detach();
    } catch (const std::system_error&) {  // the system has no more threads
      handled();
      exchange->send(busy(exchange->request()));
    }
  }

  void handled() {
    const std::lock_guard lock(mutex_);
    if (--active_ == 0) idle_.notify_all();
  }

  const ListenOptions options_;
  const Admit admit_;
  const Handler handler_;
  const Refuse refuse_;
  std::string address_;
  int port_ = 0;
  Watcher watcher_;
  MHD_Daemon* daemon_ = nullptr;
  std::atomic<bool> is_stopping_ = false;
  std::mutex mutex_;
  std::condition_variable idle_;
  int64_t active_ = 0;  // requests that are being answered
};

Response refuse_plainly(const Request& /*request*/, int status, const std::string& why) {
  return {.status = status, .body = why + "\n", .type = "text/plain; charset=utf-8"};
}

HttpServer::HttpServer(const ListenOptions& options, Admit admit, Handler handler, Refuse refuse)
    : impl_(std::make_unique<Impl>(options, std::move(admit), std::move(handler),
                                   std::move(refuse))) {}
HttpServer::~HttpServer() = default;
std::string HttpServer::address() const { return impl_->address(); }
int HttpServer::port() const { return impl_->port(); }

}  // namespace cria::server
