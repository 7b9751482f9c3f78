#pragma once
// From a GGUF file to a model whose weights are bound.

#include <memory>
#include <string>
#include <vector>

#include "fs/gguf/gguf.h"
#include "model/model.h"

namespace cria::model {

struct LoadedModel {
  std::unique_ptr<gguf::File> file;  // keeps the weights mapped
  std::unique_ptr<Config> config;
  std::unique_ptr<Model> model;
  std::vector<std::unique_ptr<ml::Node>> weights;  // those that the model uses
  std::vector<const ml::Node*> weight_list() const;
};

// Errors: Corrupt (one complete report of what does not fit), NotFound, Unsupported.
LoadedModel load(const std::string& path);

}  // namespace cria::model
