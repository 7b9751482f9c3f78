#include "server/app/app.h"

#include <condition_variable>
#include <filesystem>
#include <mutex>
#include <thread>

#include "base/error.h"
#include "base/log.h"
#include "base/mapped_file.h"
#include "base/memory.h"
#include "server/anthropic/routes.h"
#include "server/app/general_routes.h"
#include "server/app/handler.h"
#include "server/gate.h"
#include "server/inference/inference.h"
#include "server/native/routes.h"
#include "server/openai/routes.h"
#include "settings/address.h"

namespace cria::server {
namespace {

namespace fs = std::filesystem;

std::vector<Route> all_routes(Service& service, const Models& models, const Metrics& metrics) {
  std::vector<Route> routes;
  const auto add = [&routes](std::vector<Route> more) {
    for (Route& route : more) routes.push_back(std::move(route));
  };
  add(general_routes(models, metrics));
  add(native::inference_routes(service));
  add(native::token_routes(models));
  add(native::model_routes(models));
  add(native::create_routes(models));
  add(openai::routes(service));
  add(anthropic::routes(service));
  add(native::missing_routes());
  return routes;
}

Scheduler::Options scheduler_options(const settings::Settings& settings) {
  return {.most_loaded = settings.count("max_loaded_models"),
          .most_waiting = settings.count("max_queue"),
          .load_timeout = settings.duration("load_timeout"),
          .available_memory = [] { return available_memory(); }};
}

std::optional<serving::KeptPrefixes> prefixes_of(const settings::Settings& settings) {
  const std::string& folder = settings.text("prefix_cache");
  if (folder.empty()) return std::nullopt;
  return serving::KeptPrefixes(folder, settings.count("prefix_cache_size"));
}

ModelOptions model_options(const settings::Settings& settings) {
  return {.context = settings.count("context_length"),
          .sequences = settings.count("num_parallel"),
          .most_waiting = settings.count("max_queue"),
          .compute = {.threads = static_cast<int>(settings.count("num_thread")),
                      .cache_type = settings.text("kv_cache_type")},
          .prefixes = prefixes_of(settings),
          .keep_alive = settings.keep_alive("keep_alive")};
}

std::string text_of_file(const std::string& path) {
  if (path.empty()) return {};
  const MappedFile file(path);
  const auto bytes = file.bytes();
  return {reinterpret_cast<const char*>(bytes.data()), bytes.size()};
}

ListenOptions listen_options(const settings::Settings& settings) {
  const settings::Address address = settings::parse_address(settings.text("host"));
  return {.host = address.host,
          .port = address.port,
          .certificate = text_of_file(settings.text("tls_certificate")),
          .key = text_of_file(settings.text("tls_key")),
          .most_requests = settings.count("max_queue") + 128,
          .most_body_bytes = static_cast<size_t>(settings.count("max_body"))};
}

Keys keys_of(const settings::Settings& settings) {
  const std::string& file = settings.text("api_keys");
  return file.empty() ? Keys() : Keys::read(file);
}

registry::Store store_of(const settings::Settings& settings) {
  const std::string& folder = settings.text("models");
  return registry::Store(
      folder.empty() ? registry::Store::default_folder() : fs::path(folder),
      settings.flag("noprune") ? registry::Pruning::kOff : registry::Pruning::kOn);
}

// Calls something now and then.
class Janitor {
 public:
  explicit Janitor(std::function<void()> work)
      : thread_([this, work = std::move(work)](const std::stop_token& stop) {
          std::unique_lock lock(mutex_);
          while (!changed_.wait_for(lock, stop, std::chrono::seconds(1), [] { return false; })) {
            if (stop.stop_requested()) return;
            work();
          }
        }) {}

 private:
  std::mutex mutex_;
  std::condition_variable_any changed_;
  std::jthread thread_;
};

}  // namespace

class App::Impl {
 public:
  explicit Impl(const settings::Settings& settings)
      : scheduler_(scheduler_options(settings)),
        models_(store_of(settings), model_options(settings), scheduler_),
        inference_(models_, metrics_),
        router_(all_routes(inference_, models_, metrics_)),
        allowed_origins_(settings.text("origins")),
        listen_(listen_options(settings)),
        gate_(AllowedHosts(settings::parse_address(settings.text("host")).authority(),
                           settings.text("hosts")),
              allowed_origins_, keys_of(settings), router_),
        handler_(router_, gate_, metrics_),
        server_(
            listen_, [this](const Request& request) { return gate_.admit(request); },
            [this](Request& request, Responder& responder) { handler_.answer(request, responder); },
            [this](const Request& request, int status, const std::string& why) {
              return gate_.refuse(request, status, why);
            }),
        janitor_([this] { scheduler_.unload_expired(); }) {
    prune();
  }

  std::string address() const {
    return (listen_.certificate.empty() ? "http://" : "https://") + server_.address();
  }

 private:
  // A store that may not be written is served as it is.
  void prune() const {
    try {
      models_.store().prune();
    } catch (const Error& error) {
      log::debug("the store is not pruned: ", error.what());
    }
  }

  Metrics metrics_;
  Scheduler scheduler_;
  Models models_;
  Inference inference_;
  Router router_;
  AllowedOrigins allowed_origins_;
  ListenOptions listen_;
  Gate gate_;
  Handler handler_;
  HttpServer server_;
  Janitor janitor_;
};

App::App(const settings::Settings& settings) : impl_(std::make_unique<Impl>(settings)) {}
App::~App() = default;

std::string App::address() const { return impl_->address(); }

}  // namespace cria::server
