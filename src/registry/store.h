#pragma once
// The model store on disk, in Ollama's layout: manifests/<host>/<namespace>/<model>/<tag> name
// blobs/sha256-<hex>. Whatever interrupts a change, each manifest names only whole blobs: blobs
// come first and go last.

#include <chrono>
#include <cstdint>
#include <filesystem>
#include <functional>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "registry/blobs.h"
#include "registry/lock.h"
#include "registry/manifest.h"
#include "registry/model.h"
#include "registry/name.h"

namespace cria::registry {

struct Entry {
  std::string name;  // shortest
  std::string id;    // hex digest of the manifest
  int64_t size = 0;  // bytes of all its blobs
  std::filesystem::file_time_type modified;
};

// Whether blobs that no manifest names are removed.
enum class Pruning { kOff, kOn };

class Store {
 public:
  // CRIA_MODELS, OLLAMA_MODELS, or ~/.ollama/models. NotFound when there is no home folder either.
  static std::filesystem::path default_folder();
  explicit Store(std::filesystem::path folder, Pruning pruning = Pruning::kOn)
      : folder_(std::move(folder)), pruning_(pruning) {}

  const std::filesystem::path& folder() const { return folder_; }
  Blobs blobs() const { return Blobs(folder_ / "blobs"); }

  // Newest first; a manifest that cannot be read is listed in `problems`, not thrown. A store that
  // does not exist yet is empty.
  std::vector<Entry> list(std::vector<std::string>* problems = nullptr) const;
  // Upper and lower case are the same. NotFound says what to do; Corrupt names the manifest.
  Model open(const Name& name) const;
  bool contains(const Name& name) const { return find(name).has_value(); }

  // To be held while blobs are added, until write() names them.
  StoreLock share() const { return StoreLock::shared(folder_); }
  // Names a model, in the place of one of the same name, whose manifest it returns. Corrupt when a
  // blob is not there.
  std::optional<Manifest> write(const Name& name, const Manifest& manifest) const;
  // NotFound.
  void copy(const Name& from, const Name& to) const;
  // The manifest, then the blobs that no other one names. NotFound.
  void remove(const Name& name) const;
  // Removes those of a manifest's blobs that none names any more, unless it does not prune, or
  // CRIA_NOPRUNE or OLLAMA_NOPRUNE is set. Blobs stay for a later prune() while another program
  // writes.
  void discard(const Manifest& manifest) const;
  // Likewise all that no manifest names, and left-overs of programs that were killed, except for
  // what is younger than `grace`: it may be another program's that does not name it yet.
  // Returns how many files it removed.
  size_t prune(std::chrono::seconds grace = std::chrono::hours(1)) const;

 private:
  using Path = std::vector<std::string>;  // the folders of a manifest, and its file

  std::filesystem::path manifests() const { return folder_ / "manifests"; }
  std::filesystem::path path_of(const Path& path) const;
  std::optional<Path> find(const Name& name) const;
  Path place_for(const Name& name) const;
  void write_manifest(const Path& path, const std::string& text) const;
  // Nothing when a manifest cannot be read: then nobody knows.
  std::optional<std::set<std::string>> referenced() const;
  void remove_unreferenced(const Manifest& manifest) const;
  [[noreturn]] void fail_not_found(const Name& name) const;

  bool may_prune() const;

  std::filesystem::path folder_;
  Pruning pruning_;
};

}  // namespace cria::registry
