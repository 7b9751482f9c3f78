#pragma once
// The manifest of a stored model, in the format of Ollama and Docker's registries: which blobs it
// is made of. Its text may come from anywhere, so nothing of it is used unchecked.

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace cria::registry {

constexpr size_t kLargestManifest = 1 << 20;  // bytes
constexpr std::string_view kModelLayer = "application/vnd.ollama.image.model";

struct Layer {
  std::string media_type;
  std::string hex;   // of the SHA-256 digest: exactly 64 of 0-9a-f
  int64_t size = 0;  // bytes, not negative
};

struct Manifest {
  std::vector<Layer> layers;  // the config, where there is one, is the last

  // Corrupt: the text is no manifest, a digest or size is wrong. The message does not name the
  // manifest.
  static Manifest parse(std::string_view text);
  int64_t size() const;  // bytes of all blobs
};

}  // namespace cria::registry
