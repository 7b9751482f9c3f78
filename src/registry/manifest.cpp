#include "registry/manifest.h"

#include <algorithm>
#include <limits>
#include <nlohmann/json.hpp>

#include "base/error.h"
#include "base/quote.h"
#include "registry/digest.h"

namespace cria::registry {
namespace {

using Json = nlohmann::json;
using OrderedJson = nlohmann::ordered_json;

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
  const std::string hex = digest.substr(std::min(kPrefix.size(), digest.size()));
  if (!digest.starts_with(kPrefix) || !is_hex_digest(hex)) {
    fail(Error::Code::kCorrupt, "a digest is ", quote(digest),
         ", expected sha256: and 64 of 0-9a-f");
  }
  return hex;
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
          .size = size_of(layer),
          .from = layer.contains("from") ? text_of(layer, "from") : ""};
}

OrderedJson json_of(const Layer& layer) {
  OrderedJson json{
      {"mediaType", layer.media_type}, {"digest", "sha256:" + layer.hex}, {"size", layer.size}};
  if (!layer.from.empty()) json["from"] = layer.from;
  return json;
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
    manifest.config = layer_of(*config);
  }
  int64_t left = kMostBytes;
  for (const Layer& layer : manifest.all()) {
    if (layer.size > left) fail(Error::Code::kCorrupt, "the sizes add up to more than 2^63 bytes");
    left -= layer.size;
  }
  return manifest;
}

std::string Manifest::text() const {
  OrderedJson json{{"schemaVersion", 2},
                   {"mediaType", "application/vnd.docker.distribution.manifest.v2+json"}};
  if (config) json["config"] = json_of(*config);
  json["layers"] = OrderedJson::array();
  for (const Layer& layer : layers) json["layers"].push_back(json_of(layer));
  return json.dump();
}

std::vector<Layer> Manifest::all() const {
  std::vector<Layer> out = layers;
  if (config) out.push_back(*config);
  return out;
}

int64_t Manifest::size() const {
  int64_t sum = 0;
  for (const Layer& layer : all()) sum += layer.size;
  return sum;
}

}  // namespace cria::registry
