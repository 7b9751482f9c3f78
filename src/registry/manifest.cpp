#include "registry/manifest.h"

#include <algorithm>
#include <limits>
#include <nlohmann/json.hpp>

#include "base/error.h"
#include "base/quote.h"

namespace cria::registry {
namespace {

using Json = nlohmann::json;

constexpr int64_t kMostBytes = std::numeric_limits<int64_t>::max();

std::string text_of(const Json& layer, const char* key) {
  const auto found = layer.find(key);
  if (found == layer.end() || !found->is_string()) {
    fail(Error::Code::kCorrupt, "a layer has no text \"", key, '"');
  }
  return found->get<std::string>();
}

std::string hex_of(const std::string& digest) {
  constexpr std::string_view kPrefix = "sha256:";
  const std::string_view hex =
      std::string_view(digest).substr(std::min(kPrefix.size(), digest.size()));
  const auto is_hex = [](char c) { return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'f'); };
  if (!digest.starts_with(kPrefix) || hex.size() != 64 ||
      !std::all_of(hex.begin(), hex.end(), is_hex)) {
    fail(Error::Code::kCorrupt, "a digest is ", quote(digest),
         ", expected sha256: and 64 of 0-9a-f");
  }
  return std::string(hex);
}

int64_t size_of(const Json& layer) {
  const auto size = layer.find("size");
  if (size != layer.end() && size->is_number_unsigned()) {
    const auto bytes = size->get<uint64_t>();
    if (bytes <= kMostBytes) return static_cast<int64_t>(bytes);
  }
  fail(Error::Code::kCorrupt, "a layer has no \"size\" that is a number of bytes");
}

Layer layer_of(const Json& layer) {
  if (!layer.is_object()) fail(Error::Code::kCorrupt, "a layer is no JSON object");
  return {.media_type = text_of(layer, "mediaType"),
          .hex = hex_of(text_of(layer, "digest")),
          .size = size_of(layer)};
}

}  // namespace

Manifest Manifest::parse(std::string_view text) {
  if (text.size() > kLargestManifest) {
    fail(Error::Code::kCorrupt, "more than ", kLargestManifest, " bytes");
  }
  const Json json = Json::parse(text, nullptr, /*allow_exceptions=*/false);
  if (!json.is_object()) fail(Error::Code::kCorrupt, "not a JSON object");
  const auto layers = json.find("layers");
  if (layers == json.end() || !layers->is_array()) {
    fail(Error::Code::kCorrupt, "no array \"layers\"");
  }
  Manifest manifest;
  for (const Json& layer : *layers) manifest.layers.push_back(layer_of(layer));
  if (const auto config = json.find("config"); config != json.end() && !config->is_null()) {
    manifest.layers.push_back(layer_of(*config));
  }
  int64_t left = kMostBytes;
  for (const Layer& layer : manifest.layers) {
    if (layer.size > left) fail(Error::Code::kCorrupt, "the sizes add up to more than 2^63 bytes");
    left -= layer.size;
  }
  return manifest;
}

int64_t Manifest::size() const {
  int64_t sum = 0;
  for (const Layer& layer : layers) sum += layer.size;
  return sum;
}

}  // namespace cria::registry
