#include "cmd/find_model.h"

#include <filesystem>
#include <vector>

#include "base/error.h"
#include "base/log.h"
#include "cmd/format.h"
#include "cmd/program_settings.h"
#include "cmd/stopwatch.h"

namespace cria::cmd {
namespace {

bool is_file(const std::string& path) {
  std::error_code error;
  return std::filesystem::is_regular_file(path, error);
}

bool looks_like_path(const std::string& model) {
  return model.ends_with(".gguf") || model.starts_with("/") || model.starts_with("./") ||
         model.starts_with("../");
}

}  // namespace

bool is_path(const std::string& model) { return is_file(model) || looks_like_path(model); }

FoundModel find_model(const std::string& model) {
  if (model.empty()) {
    fail(Error::Code::kInvalidArgument, "MODEL is empty, expected a file or the name of a model");
  }
  if (is_path(model)) return {model, std::nullopt};
  try {
    const registry::Store store = open_store();
    registry::Model stored = store.open(registry::Name::parse(model));
    std::string path = stored.file();
    log::debug(model, " is ", path);
    return {std::move(path), std::move(stored)};
  } catch (const Error& error) {
    // With a slash it may as well have been meant as a path.
    if (model.find('/') == std::string::npos || error.code() == Error::Code::kCorrupt) throw;
    fail(error.code(), "there is no file ", model,
         ", and no stored model of this name: ", error.what());
  }
}

model::LoadedModel load_model(const FoundModel& found,
                              std::span<const model::AdapterChoice> adapters) {
  const Stopwatch watch;
  std::vector<model::AdapterChoice> all;
  if (found.stored) {
    for (const std::string& path : found.stored->files(registry::kAdapterLayer)) {
      all.push_back({.path = path, .scale = 1});
    }
  }
  all.insert(all.end(), adapters.begin(), adapters.end());
  model::LoadedModel loaded = model::load(found.path, all);
  log::debug("opened ", found.path, ": architecture ", loaded.config->architecture(), ", ",
             loaded.file->tensors().size(), " tensors, ", loaded.weight_list().size(), " used, in ",
             duration_text(watch.seconds()));
  return loaded;
}

}  // namespace cria::cmd
