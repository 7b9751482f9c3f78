#include "server/inference/models.h"

#include <charconv>
#include <utility>

#include "base/error.h"
#include "base/memory.h"
#include "server/errors.h"
#include "server/inference/engine_size.h"
#include "serving/find_reply_format.h"
#include "serving/memory.h"

namespace cria::server {
namespace {

using Code = Error::Code;

// A file that was read to see what the model will need, for when it is loaded.
struct Opening {
  model::LoadedModel loaded;
  int64_t bytes = 0;
};

StoredSettings settings_of(const registry::Model& stored) {
  const registry::ModelConfig config = stored.config();
  return {.parameters = modelfile::parameter_lines(stored.parameters()),
          .system = stored.text(registry::kSystemLayer).value_or(""),
          .messages = stored.messages(),
          .renderer = config.renderer,
          .parser = config.parser};
}

// The last of that name; 0 when there is none.
int64_t number(const Options& options, std::string_view name) {
  int64_t value = 0;
  for (const auto& [key, text] : options) {
    if (key == name) std::from_chars(text.data(), text.data() + text.size(), value);
  }
  return value;
}

// What keys and values are computed from.
std::string weights_of(const registry::Model& stored) {
  std::string weights;
  for (const registry::Layer& layer : stored.manifest().layers) {
    const bool counts = layer.media_type == registry::kModelLayer ||
                        layer.media_type == registry::kProjectorLayer ||
                        layer.media_type == registry::kAdapterLayer;
    if (counts) weights += concat(layer.media_type, ' ', layer.hex, ' ');
  }
  return weights;
}

model::Executor::Progress progress_of(const std::function<bool()>& goes_on) {
  return [&goes_on](uint64_t /*done*/, uint64_t /*total*/) { return goes_on(); };
}

model::LoadedModel read(const std::string& path, const serving::ComputeOptions& compute) {
  return model::load(path, compute.adapters);
}

}  // namespace

LoadedText::LoadedText(StoredSettings with, std::unique_ptr<serving::TextModel> read, int64_t size)
    : stored(std::move(with)),
      model(std::move(read)),
      reply(serving::find_reply_format(*model, stored.parser)),
      size_bytes(size) {}

registry::Model Models::open(const std::string& name) const {
  if (name.empty()) fail(Code::kInvalidArgument, "model is required");
  const registry::Name parsed = registry::Name::parse(name);
  if (!store_.contains(parsed)) throw StatusError(404, "model '" + name + "' not found");
  return store_.open(parsed);
}

Models::Choice Models::choice(const Options& model, const Options& request) const {
  const auto chosen = [&](std::string_view name, int64_t fallback) {
    const int64_t asked = number(request, name), of_model = number(model, name);
    if (asked < 0) fail(Code::kInvalidArgument, name, " is ", asked, ", expected 0 or more");
    return asked > 0 ? asked : of_model > 0 ? of_model : fallback;
  };
  return {.context = chosen("num_ctx", options_.context),
          .threads = static_cast<int>(
              std::min<int64_t>(1024, chosen("num_thread", options_.compute.threads)))};
}

// Less than a few tokens are no context: as Ollama has it.
Models::Choice Models::text_choice(const Options& model, const Options& request) const {
  Choice all = choice(model, request);
  if (all.context > 0) all.context = std::max<int64_t>(4, all.context);
  return all;
}

serving::ComputeOptions Models::compute(const registry::Model& stored, const Choice& choice) const {
  serving::ComputeOptions compute = options_.compute;
  compute.threads = choice.threads;
  for (const std::string& path : stored.files(registry::kAdapterLayer)) {
    compute.adapters.push_back({.path = path, .scale = 1});
  }
  return compute;
}

Scheduler::Lease Models::acquire(Wanted wanted, const KeepAliveChoice& keep_alive,
                                 const std::stop_token& stop) const {
  return scheduler_.acquire(wanted, keep_alive.value_or(options_.keep_alive), stop);
}

Scheduler::Lease Models::text(const std::string& name, const Options& options,
                              const KeepAliveChoice& keep_alive,
                              const std::stop_token& stop) const {
  const registry::Model stored = open(name);
  const Choice asked = text_choice(modelfile::parameter_lines(stored.parameters()), options);
  const serving::ComputeOptions how = compute(stored, asked);
  const auto opening = std::make_shared<Opening>();
  const auto size = std::make_shared<serving::EngineSize>();
  Wanted wanted{.name = stored.name().shortest(),
                .id = stored.id(),
                .use = "text",
                .options = concat(asked.context, ' ', asked.threads)};
  // A larger context does as well.
  wanted.suits = [asked, threads = options_.compute.threads](const Loaded& loaded) {
    const auto* text = dynamic_cast<const LoadedText*>(&loaded);
    if (!text || asked.threads != threads) return false;
    const int64_t largest = text->model->largest_context();
    const int64_t context = asked.context > 0 ? asked.context : usual_context(largest);
    return (largest > 0 ? std::min(context, largest) : context) <= text->model->size().context;
  };
  wanted.predict = [this, stored, how, opening, size, asked] {
    opening->loaded = read(stored.file(), how);
    *size = engine_size(opening->loaded, how,
                        {.context = asked.context,
                         .sequences = options_.sequences > 0 ? options_.sequences : kSequences,
                         .most_waiting = options_.most_waiting,
                         .available = available_memory()});
    opening->bytes =
        serving::predicted_bytes(opening->loaded, serving::executor_options(how, *size));
    return opening->bytes;
  };
  wanted.load = [this, stored, how, opening, size](const std::function<bool()>& goes_on) {
    auto model = std::make_unique<serving::TextModel>(
        std::move(opening->loaded), stored.go_template(), stored.config().renderer);
    if (options_.prefixes) model->keep_prefixes(*options_.prefixes, weights_of(stored));
    model->start(how, *size, progress_of(goes_on));
    return std::make_unique<LoadedText>(settings_of(stored), std::move(model), opening->bytes);
  };
  return acquire(std::move(wanted), keep_alive, stop);
}

Scheduler::Lease Models::vectors(const std::string& name, const Options& options,
                                 const KeepAliveChoice& keep_alive,
                                 const std::stop_token& stop) const {
  const registry::Model stored = open(name);
  const Choice asked = choice(modelfile::parameter_lines(stored.parameters()), options);
  serving::ComputeOptions how = compute(stored, asked);
  how.cache_type = "f32";
  const auto opening = std::make_shared<Opening>();
  const auto size = std::make_shared<serving::VectorSize>();
  const auto model = std::make_shared<std::unique_ptr<serving::VectorModel>>();
  Wanted wanted{.name = stored.name().shortest(),
                .id = stored.id(),
                .use = "vectors",
                .options = concat(asked.context, ' ', asked.threads)};
  wanted.predict = [stored, how, model, size, asked] {
    *model = std::make_unique<serving::VectorModel>(read(stored.file(), how));
    *size = {.context = (*model)->context_for(asked.context),
             .sequences = serving::VectorModel::kMostSequences,
             .tokens = serving::VectorModel::kPass};
    return serving::predicted_bytes((*model)->loaded(), (*model)->executor_options(how, *size));
  };
  wanted.load = [how, model, size](const std::function<bool()>& goes_on) {
    (*model)->start(how, *size, progress_of(goes_on));
    const int64_t bytes =
        serving::predicted_bytes((*model)->loaded(), (*model)->executor_options(how, *size));
    return std::make_unique<LoadedVectors>(std::move(*model), bytes);
  };
  return acquire(std::move(wanted), keep_alive, stop);
}

int64_t Models::context(const LoadedText& loaded, const Options& options) const {
  const int64_t asked = text_choice(loaded.stored.parameters, options).context;
  const int64_t largest = loaded.model->size().context;
  return asked > 0 ? std::min(asked, largest) : largest;
}

bool Models::unload(const std::string& name) const {
  return scheduler_.unload(open(name).name().shortest());
}

}  // namespace cria::server
