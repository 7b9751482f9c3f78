#include "client/transfer.h"

#include <array>
#include <new>

#include "base/error.h"
#include "client/client.h"

namespace cria::client {
namespace {

using Code = Error::Code;

struct EasyCleanUp {
  void operator()(CURL* easy) const { curl_easy_cleanup(easy); }
};
struct ListCleanUp {
  void operator()(curl_slist* list) const { curl_slist_free_all(list); }
};

struct Callbacks {
  CURL* easy;
  const OnBytes& on_bytes;
  const std::optional<Upload>& upload;
  bool stopped = false;
  std::exception_ptr failure;  // may not pass through libcurl
};

int status_of(CURL* easy) {
  long status = 0;  // NOLINT(google-runtime-int): libcurl's
  curl_easy_getinfo(easy, CURLINFO_RESPONSE_CODE, &status);
  return static_cast<int>(status);
}

size_t receive(char* data, size_t, size_t size, void* to) {
  auto& callbacks = *static_cast<Callbacks*>(to);
  try {
    callbacks.stopped = !callbacks.on_bytes(status_of(callbacks.easy), {data, size});
  } catch (...) {
    callbacks.failure = std::current_exception();
  }
  return callbacks.stopped || callbacks.failure ? CURL_WRITEFUNC_ERROR : size;
}

size_t send(char* data, size_t, size_t size, void* from) {
  auto& callbacks = *static_cast<Callbacks*>(from);
  try {
    return callbacks.upload->read({data, size});
  } catch (...) {
    callbacks.failure = std::current_exception();
  }
  return CURL_READFUNC_ABORT;
}

[[noreturn]] void fail_connecting(const settings::Address& address, std::string_view why) {
  throw NoServer(Code::kNotFound,
                 concat("no server answers at ", address.url(), " (", why,
                        "): cria serve starts one, CRIA_HOST says where to look for another"));
}

void check(CURLcode code, const settings::Address& address, const char* detail) {
  const char* const why = *detail ? detail : curl_easy_strerror(code);
  switch (code) {
    case CURLE_OK:
      return;
    case CURLE_COULDNT_CONNECT:
    case CURLE_COULDNT_RESOLVE_HOST:
    case CURLE_COULDNT_RESOLVE_PROXY:
    case CURLE_OPERATION_TIMEDOUT:
      fail_connecting(address, why);
    case CURLE_OUT_OF_MEMORY:
      throw std::bad_alloc();
    default:
      fail(Code::kInternal, "the server at ", address.url(), ": ", why);
  }
}

class Handle {
 public:
  Handle(const settings::Address& address, const Request& request, Callbacks& callbacks)
      : easy_(curl_easy_init()) {
    if (!easy_) throw std::bad_alloc();
    callbacks.easy = easy_.get();
    const std::string url = address.url() + request.path;
    set(CURLOPT_URL, url.c_str());
    set(CURLOPT_ERRORBUFFER, detail_.data());
    set(CURLOPT_NOSIGNAL, 1L);
    set(CURLOPT_CONNECTTIMEOUT_MS, static_cast<long>(request.patience.count()));  // NOLINT
    set(CURLOPT_TIMEOUT_MS, static_cast<long>(request.limit.count()));            // NOLINT
    set(CURLOPT_WRITEFUNCTION, receive);
    set(CURLOPT_WRITEDATA, &callbacks);
    if (address.is_loopback()) set(CURLOPT_NOPROXY, "*");
    add_header("User-Agent: cria");
    add_header("Accept: application/json, application/x-ndjson");
    if (!request.key.empty()) add_header("Authorization: Bearer " + request.key);
    add_header("Expect:");  // would only cost a round trip
    if (request.upload) {
      set(CURLOPT_UPLOAD, 1L);
      set(CURLOPT_READFUNCTION, send);
      set(CURLOPT_READDATA, &callbacks);
      set(CURLOPT_INFILESIZE_LARGE, static_cast<curl_off_t>(request.upload->size));
      add_header("Content-Type: application/octet-stream");
    } else if (!request.body.empty()) {
      add_header("Content-Type: application/json");
      set(CURLOPT_POSTFIELDSIZE_LARGE, static_cast<curl_off_t>(request.body.size()));
      set(CURLOPT_POSTFIELDS, request.body.data());
    }
    set_method(request.method);
    set(CURLOPT_HTTPHEADER, headers_.get());
  }

  CURL* get() const { return easy_.get(); }
  const char* detail() const { return detail_.data(); }

 private:
  template <class T>
  void set(CURLoption option, T value) {
    if (curl_easy_setopt(easy_.get(), option, value) == CURLE_OUT_OF_MEMORY) throw std::bad_alloc();
  }
  void set_method(Method method) {
    if (method == Method::kHead) set(CURLOPT_NOBODY, 1L);
    if (method == Method::kPost) set(CURLOPT_CUSTOMREQUEST, "POST");  // an upload's would be PUT
    if (method == Method::kDelete) set(CURLOPT_CUSTOMREQUEST, "DELETE");
  }
  void add_header(const std::string& line) {
    curl_slist* const longer = curl_slist_append(headers_.get(), line.c_str());
    if (!longer) throw std::bad_alloc();
    static_cast<void>(headers_.release());
    headers_.reset(longer);
  }

  std::array<char, CURL_ERROR_SIZE> detail_{};
  std::unique_ptr<curl_slist, ListCleanUp> headers_;
  std::unique_ptr<CURL, EasyCleanUp> easy_;
};

// While one lives, the handle is worked on; taking it out before it is done closes its connection.
class Membership {
 public:
  Membership(CURLM* multi, CURL* easy) : multi_(multi), easy_(easy) {
    if (curl_multi_add_handle(multi_, easy_) != CURLM_OK) throw std::bad_alloc();
  }
  ~Membership() { curl_multi_remove_handle(multi_, easy_); }
  Membership(const Membership&) = delete;
  Membership& operator=(const Membership&) = delete;

 private:
  CURLM* multi_;
  CURL* easy_;
};

}  // namespace

Connections::Connections() {
  static const CURLcode ready = curl_global_init(CURL_GLOBAL_DEFAULT);
  multi_.reset(ready == CURLE_OK ? curl_multi_init() : nullptr);
  if (!multi_) throw std::bad_alloc();
}

Outcome transfer(Connections& connections, const settings::Address& address, const Request& request,
                 const OnBytes& on_bytes, const std::stop_token& stop) {
  CURLM* const multi = connections.get();
  Callbacks callbacks{
      .easy = nullptr, .on_bytes = on_bytes, .upload = request.upload, .failure = {}};
  const Handle handle(address, request, callbacks);
  const std::stop_callback wake(stop, [multi] { curl_multi_wakeup(multi); });
  const Membership membership(multi, handle.get());
  constexpr int kMilliseconds = 1000;
  int running = 1;
  while (running > 0) {
    if (stop.stop_requested()) return {End::kStopped, 0};
    CURLMcode code = curl_multi_perform(multi, &running);
    if (code == CURLM_OK && running > 0) {
      code = curl_multi_poll(multi, nullptr, 0, kMilliseconds, nullptr);
    }
    if (code != CURLM_OK) {
      fail(Code::kInternal, "the server at ", address.url(), ": ", curl_multi_strerror(code));
    }
  }
  if (callbacks.failure) std::rethrow_exception(callbacks.failure);
  if (callbacks.stopped) return {End::kStopped, 0};
  int left = 0;
  const CURLMsg* const message = curl_multi_info_read(multi, &left);
  CRIA_CHECK(message && message->msg == CURLMSG_DONE);
  check(message->data.result, address, handle.detail());
  return {End::kDone, status_of(handle.get())};
}

}  // namespace cria::client
