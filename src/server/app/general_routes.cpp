#include "server/app/general_routes.h"

#include <string>

#include "base/memory.h"
#include "server/respond.h"
#include "web/web.h"

namespace cria::server {
namespace {

void send_file(const web::File& file, Call& call) {
  Response response{.body = std::string(file.bytes), .type = std::string(file.type)};
  response.headers = {{"ETag", std::string(file.etag)},
                      {"Cache-Control", "no-cache"},
                      {"Content-Security-Policy", std::string(web::content_security_policy())},
                      {"X-Content-Type-Options", "nosniff"},
                      {"Referrer-Policy", "no-referrer"}};
  if (call.request.header("if-none-match").value_or("") == file.etag) {
    response.status = 304;
    response.body.clear();
  }
  call.responder.send(std::move(response));
}

// The page for browsers; others are told what Ollama's clients look for.
void front(const web::File& page, Call& call) {
  const auto accepted = call.request.header("accept").value_or("");
  const bool is_browser =
      call.request.method == "GET" && accepted.find("text/html") != std::string_view::npos;
  if (is_browser) return send_file(page, call);
  call.responder.send({.body = "Ollama is running", .type = "text/plain; charset=utf-8"});
}

void tell_metrics(const Models& models, const Metrics& metrics, Call& call) {
  double loaded = 0, bytes = 0, users = 0;
  models.scheduler().visit([&](const Scheduler::Status& status) {
    ++loaded;
    users += static_cast<double>(status.users);
    if (status.model) bytes += static_cast<double>(status.model->bytes());
  });
  call.responder.send(
      {.body =
           metrics.text({{"cria_models_loaded", "Models in memory.", loaded},
                         {"cria_models_bytes", "Bytes of memory that they take.", bytes},
                         {"cria_requests_running", "Requests that use a model.", users},
                         {"cria_requests_waiting", "Requests that wait for a model to be loaded.",
                          static_cast<double>(models.scheduler().waiting())},
                         {"cria_memory_available_bytes", "Bytes of memory that can still be taken.",
                          static_cast<double>(available_memory())}}),
       .type = "text/plain; version=0.0.4; charset=utf-8"});
}

}  // namespace

std::vector<Route> general_routes(const Models& models, const Metrics& metrics) {
  std::vector<Route> routes;
  for (const web::File& file : web::files()) {
    const auto answer = file.path == "/" ? front : send_file;
    routes.push_back({"GET", std::string(file.path), Scope::kNone,
                      [&file, answer](Call& call) { answer(file, call); }});
  }
  routes.push_back({"GET", "/api/version", Scope::kNone, [](Call& call) {
                      respond(call, {{"version", CRIA_VERSION}});
                    }});
  routes.push_back({"GET", "/api/status", Scope::kNone, [](Call& call) {
                      respond(call, {{"cloud", {{"disabled", true}, {"source", "cria"}}}});
                    }});
  routes.push_back({"GET", "/health", Scope::kNone, [](Call& call) {
                      respond(call, {{"status", "ok"}});
                    }});
  routes.push_back({"GET", "/metrics", Scope::kRead,
                    [&models, &metrics](Call& call) { tell_metrics(models, metrics, call); }});
  return routes;
}

}  // namespace cria::server
