#pragma once
// The model store on disk, in Ollama's layout: manifests/<host>/<namespace>/<model>/<tag> name blobs/sha256-<hex>.

#include <chrono>
#include <filesystem>
#include <string>
#include <string_view>
#include <vector>

namespace cria::registry {

// [host[:port]/][namespace/]model[:tag]
struct Name {
  std::string host = "registry.ollama.ai", space = "library", model, tag = "latest";

  // InvalidArgument with the part that is wrong and what is allowed.
  static Name parse(std::string_view text);
  std::string shortest() const;  // without the defaults: "smollm2:135m"
};

struct Entry {
  std::string name;      // shortest
  std::string id;        // hex digest of the manifest
  int64_t size = 0;      // bytes of all its blobs
  std::filesystem::file_time_type modified;
};

class Store {
 public:
  // CRIA_MODELS, OLLAMA_MODELS, or ~/.ollama/models.
  static std::filesystem::path default_folder();
  explicit Store(std::filesystem::path folder) : folder_(std::move(folder)) {}

  const std::filesystem::path& folder() const { return folder_; }
  // Newest first; a manifest that cannot be read is listed in `problems`, not thrown.
  std::vector<Entry> list(std::vector<std::string>* problems = nullptr) const;
  // The GGUF blob of a stored model. NotFound says what to do; Corrupt names the manifest.
  std::filesystem::path model_file(const Name& name) const;

 private:
  std::filesystem::path folder_;
};

}  // namespace cria::registry
