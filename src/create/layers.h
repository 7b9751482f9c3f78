#pragma once
// The layers of a model while it is made.

#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include "registry/manifest.h"
#include "registry/store.h"

namespace cria::create {

class Layers {
 public:
  Layers(const registry::Store& store, std::function<void(const std::string& status)> status)
      : blobs_(store.blobs()), status_(std::move(status)) {}

  // All layers of another model; those that are there already stay once.
  void inherit(const registry::Model& model);
  void add(std::string_view media_type, const registry::Blob& blob);
  void add(std::string_view media_type, std::string_view content);
  // In the place of those of its kind; nothing is left of them when there is no content.
  void replace(std::string_view media_type, std::string_view content);
  void remove(std::string_view media_type);

  // With the config; it names the layers.
  registry::Manifest manifest(registry::ModelConfig config);
  const std::vector<registry::Layer>& all() const { return layers_; }
  // Paths of the blobs of a kind.
  std::vector<std::string> files(std::string_view media_type) const;

 private:
  void tell(const registry::Blob& blob) const;
  void push(registry::Layer layer);

  registry::Blobs blobs_;
  std::function<void(const std::string&)> status_;
  std::vector<registry::Layer> layers_;
};

}  // namespace cria::create
