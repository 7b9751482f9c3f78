#include "server/app/handler.h"

#include <chrono>
#include <exception>
#include <new>
#include <utility>

#include "base/log.h"
#include "server/errors.h"

namespace cria::server {
namespace {

// Adds headers to each answer, and notes its status.
class Noting final : public Responder {
 public:
  Noting(Responder& to, std::vector<Field> headers) : to_(to), headers_(std::move(headers)) {}

  int status() const { return status_; }

  void send(Response response) override { to_.send(noted(std::move(response))); }
  void begin(Response head) override { to_.begin(noted(std::move(head))); }
  bool write(std::string_view bytes) override { return to_.write(bytes); }
  void end() override { to_.end(); }
  bool has_begun() const override { return to_.has_begun(); }
  void when_gone(std::function<void()> call) override { to_.when_gone(std::move(call)); }

 private:
  Response noted(Response response) {
    status_ = response.status;
    for (const Field& header : headers_) response.headers.push_back(header);
    return response;
  }

  Responder& to_;
  const std::vector<Field> headers_;
  int status_ = 0;
};

}  // namespace

void Handler::answer(Request& request, Responder& responder) const {
  const auto begin = std::chrono::steady_clock::now();
  Noting noting(responder, gate_.headers_for(request));
  Router::Found found = router_.find(request.method, request.path);
  const Dialect dialect = dialect_of(request.path);
  try {
    Call call{.request = request, .responder = noting, .parts = std::move(found.parts)};
    found.route->answer(call);
  } catch (const std::bad_alloc&) {
    throw;  // to say so would take memory
  } catch (const std::exception& error) {
    const Problem problem = problem_of(error);
    log::debug(request.method, ' ', request.path, ": ", problem.status, ' ', error.what());
    if (noting.has_begun()) {
      noting.write(error_in_stream(dialect, problem));
      noting.end();
    } else {
      noting.send(error_response(dialect, problem));
    }
  }
  metrics_.answered(found.route->pattern, noting.status(),
                    std::chrono::steady_clock::now() - begin);
}

}  // namespace cria::server
