#include "create/layers.h"

#include <algorithm>

#include "base/error.h"

namespace cria::create {

void Layers::tell(const registry::Blob& blob) const {
  if (status_) {
    status_(
        concat(blob.is_new ? "creating new layer" : "using existing layer", " sha256:", blob.hex));
  }
}

void Layers::push(registry::Layer layer) {
  const auto same = [&](const registry::Layer& other) {
    return other.hex == layer.hex && other.media_type == layer.media_type;
  };
  if (std::ranges::none_of(layers_, same)) layers_.push_back(std::move(layer));
}

void Layers::inherit(const registry::Model& model) {
  for (registry::Layer layer : model.manifest().layers) {
    tell({.hex = layer.hex, .size = layer.size});
    layer.from = model.name().shortest();
    push(std::move(layer));
  }
}

void Layers::add(std::string_view media_type, const registry::Blob& blob) {
  tell(blob);
  push({.media_type = std::string(media_type), .hex = blob.hex, .size = blob.size});
}

void Layers::add(std::string_view media_type, std::string_view content) {
  add(media_type, blobs_.add(content));
}

void Layers::replace(std::string_view media_type, std::string_view content) {
  remove(media_type);
  if (!content.empty()) add(media_type, content);
}

void Layers::remove(std::string_view media_type) {
  std::erase_if(layers_,
                [&](const registry::Layer& layer) { return layer.media_type == media_type; });
}

std::vector<std::string> Layers::files(std::string_view media_type) const {
  std::vector<std::string> paths;
  for (const registry::Layer& layer : layers_) {
    if (layer.media_type == media_type) paths.push_back(blobs_.path(layer.hex));
  }
  return paths;
}

registry::Manifest Layers::manifest(registry::ModelConfig config) {
  for (const registry::Layer& layer : layers_) config.digests.push_back(layer.hex);
  const registry::Blob blob = blobs_.add(config.text());
  tell(blob);
  return {
      .layers = layers_,
      .config = registry::Layer{
          .media_type = std::string(registry::kConfigLayer), .hex = blob.hex, .size = blob.size}};
}

}  // namespace cria::create
