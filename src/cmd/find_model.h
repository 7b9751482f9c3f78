#pragma once
// From the MODEL of a command line to a file, and to what a stored model comes with.

#include <optional>
#include <span>
#include <string>

#include "model/loading.h"
#include "registry/model.h"

namespace cria::cmd {

struct FoundModel {
  std::string path;                       // of the GGUF file
  std::optional<registry::Model> stored;  // what else there is, if it is a stored model
};

// A file, or what is meant as one.
bool is_path(const std::string& model);

// As model_path() of open_model.h.
FoundModel find_model(const std::string& model);

// With the adapters that a stored model comes with.
model::LoadedModel load_model(const FoundModel& found,
                              std::span<const model::AdapterChoice> adapters = {});

}  // namespace cria::cmd
