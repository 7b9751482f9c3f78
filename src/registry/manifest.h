#pragma once
// The manifest of a stored model, in the format of Ollama and Docker's registries: which blobs it
// is made of. Its text may come from anywhere, so nothing of it is used unchecked.

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace cria::registry {

constexpr size_t kLargestManifest = 1 << 20;  // bytes

// What layers hold.
constexpr std::string_view kModelLayer = "application/vnd.ollama.image.model";
constexpr std::string_view kProjectorLayer = "application/vnd.ollama.image.projector";
constexpr std::string_view kAdapterLayer = "application/vnd.ollama.image.adapter";
constexpr std::string_view kDraftLayer = "application/vnd.ollama.image.draft";
constexpr std::string_view kTemplateLayer = "application/vnd.ollama.image.template";
constexpr std::string_view kSystemLayer = "application/vnd.ollama.image.system";
constexpr std::string_view kParametersLayer = "application/vnd.ollama.image.params";
constexpr std::string_view kMessagesLayer = "application/vnd.ollama.image.messages";
constexpr std::string_view kLicenseLayer = "application/vnd.ollama.image.license";
constexpr std::string_view kConfigLayer = "application/vnd.docker.container.image.v1+json";

struct Layer {
  std::string media_type;
  std::string hex;     // of the SHA-256 digest: exactly 64 of 0-9a-f
  int64_t size = 0;    // bytes, not negative
  std::string from{};  // the model that it was taken over from
};

struct Manifest {
  std::vector<Layer> layers;
  std::optional<Layer> config;

  // Corrupt: the text is no manifest, a digest or size is wrong. The message does not name the
  // manifest.
  static Manifest parse(std::string_view text);
  std::string text() const;

  std::vector<Layer> all() const;  // the config, where there is one, is the last
  int64_t size() const;            // bytes of all blobs
};

}  // namespace cria::registry
