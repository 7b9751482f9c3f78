#pragma once
// The model store on disk, in Ollama's layout: manifests/<host>/<namespace>/<model>/<tag> name
// blobs/sha256-<hex>.

#include <cstdint>
#include <filesystem>
#include <string>
#include <vector>

#include "registry/name.h"

namespace cria::registry {

struct Entry {
  std::string name;  // shortest
  std::string id;    // hex digest of the manifest
  int64_t size = 0;  // bytes of all its blobs
  std::filesystem::file_time_type modified;
};

class Store {
 public:
  // CRIA_MODELS, OLLAMA_MODELS, or ~/.ollama/models. NotFound when there is no home folder either.
  static std::filesystem::path default_folder();
  explicit Store(std::filesystem::path folder) : folder_(std::move(folder)) {}

  const std::filesystem::path& folder() const { return folder_; }
  // Newest first; a manifest that cannot be read is listed in `problems`, not thrown. A store that
  // does not exist yet is empty.
  std::vector<Entry> list(std::vector<std::string>* problems = nullptr) const;
  // The GGUF blob of a stored model; upper and lower case are the same. NotFound says what to do;
  // Corrupt names the manifest; Unsupported for a model that is not one GGUF file.
  std::filesystem::path model_file(const Name& name) const;

 private:
  std::filesystem::path manifest_file(const Name& name) const;  // empty: there is none
  [[noreturn]] void fail_not_found(const Name& name) const;

  std::filesystem::path folder_;
};

}  // namespace cria::registry
