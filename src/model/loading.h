#pragma once
// From a GGUF file to a model whose weights are bound.

#include <memory>
#include <string>
#include <vector>

#include "fs/gguf/gguf.h"
#include "model/binder.h"
#include "model/model.h"

namespace cria::model {

struct LoadedModel {
  std::unique_ptr<gguf::File> file;  // keeps the weights mapped
  std::unique_ptr<Config> config;
  std::unique_ptr<Model> model;
  WeightNodes weights;  // those that the model uses

  std::vector<const ml::Node*> weight_list() const;
};

// Hyper-parameters from a file's metadata; the file must outlive them.
std::unique_ptr<Config> config_of(const gguf::File& file);

// NotFound, Corrupt (one complete report of what does not fit), Unsupported.
LoadedModel load(const std::string& path);
LoadedModel load(std::unique_ptr<gguf::File> file);

}  // namespace cria::model
