#pragma once
// From a GGUF file to a model whose weights are bound.

#include <memory>
#include <span>
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
  std::vector<Adapter> adapters;

  // Those of the adapters, too.
  std::vector<const ml::Node*> weight_list() const;
};

// Hyper-parameters from a file's metadata; the file must outlive them.
std::unique_ptr<Config> config_of(const gguf::File& file);
// Whether its model is one that looks at pictures; not of a file that no model is for.
bool sees(const gguf::File& file);

// NotFound, Corrupt (one complete report of what does not fit), Unsupported; InvalidArgument: an
// adapter where a model was expected, or the other way round.
LoadedModel load(const std::string& path, std::span<const AdapterChoice> adapters = {});
LoadedModel load(std::unique_ptr<gguf::File> file, std::span<const AdapterChoice> adapters = {});

// That an adapter fits the model which the metadata of a file describes; errors are as of load().
void check_adapter(const gguf::File& model, std::unique_ptr<gguf::File> adapter);

}  // namespace cria::model
