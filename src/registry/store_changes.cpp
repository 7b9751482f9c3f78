// What changes a store: models are named, copied and removed, and blobs that none names are.

#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <chrono>
#include <cstdio>
#include <cstdlib>

#include "base/error.h"
#include "base/log.h"
#include "registry/digest.h"
#include "registry/manifest_files.h"
#include "registry/store.h"

namespace cria::registry {
namespace {

namespace fs = std::filesystem;

// Whether nothing happened to a file for so long that whoever wrote it has named it, or never will.
// A hard link to an old file is as young as the link.
bool is_old(const fs::path& path, std::chrono::seconds grace) {
  struct stat status {};
  const bool known =
      ::lstat(path.c_str(), &status) == 0 && (S_ISREG(status.st_mode) || S_ISDIR(status.st_mode));
  if (!known) return false;
  timespec now{};
  ::clock_gettime(CLOCK_REALTIME, &now);
  return now.tv_sec - std::max(status.st_ctim.tv_sec, status.st_mtim.tv_sec) > grace.count();
}

bool unlink_file(const fs::path& path) {
  if (::unlink(path.c_str()) == 0) return true;
  if (errno != ENOENT) log::debug("cannot remove ", path.string(), ": error ", errno);
  return false;
}

std::vector<fs::path> files_in(const fs::path& folder) {
  std::vector<fs::path> found;
  std::error_code error;
  for (fs::directory_iterator entry(folder, error), end; !error && entry != end;
       entry.increment(error)) {
    found.push_back(entry->path());
  }
  return found;
}

}  // namespace

bool Store::may_prune() const {
  if (pruning_ == Pruning::kOff) return false;
  for (const char* variable : {"CRIA_NOPRUNE", "OLLAMA_NOPRUNE"}) {
    const char* value = std::getenv(variable);  // NOLINT(concurrency-mt-unsafe): nobody sets any
    if (value && *value && std::string_view(value) != "0" && std::string_view(value) != "false") {
      return false;
    }
  }
  return true;
}

void Store::write_manifest(const Path& path, const std::string& text) const {
  const fs::path target = path_of(path);
  // A remove() may take the empty folder away at any time.
  constexpr int kAttempts = 10;
  for (int attempt = 1;; ++attempt) {
    std::error_code error;
    fs::create_directories(target.parent_path(), error);
    if (error) {
      fail_with_errno(target.parent_path().string(), "cannot make the folder", error.value());
    }
    try {
      // Not in the folder of the model, where it might be taken for one.
      TemporaryFile file((manifests() / Blobs::kTemporary).string(), 0600, target.string());
      file.write(std::as_bytes(std::span(text)));
      ::fchmod(file.descriptor(), 0644);
      file.rename_to(target.string());
      break;
    } catch (const Error& e) {
      if (e.code() != Error::Code::kNotFound || attempt == kAttempts) throw;
    }
  }
  // The folders may be new as well.
  fs::path folder = target;
  for (size_t level = 0; level < path.size(); ++level) {
    folder = folder.parent_path();
    sync_folder(folder.string());
  }
}

std::optional<Manifest> Store::write(const Name& name, const Manifest& manifest) const {
  for (const Layer& layer : manifest.all()) {
    if (!blobs().contains(layer.hex, layer.size)) {
      fail(Error::Code::kCorrupt, "model ", name.shortest(), ": blob sha256-", layer.hex,
           " went away while the model was made: try again");
    }
  }
  std::optional<Manifest> replaced;
  if (const std::optional<Path> old = find(name)) {
    try {
      replaced = Manifest::parse(read_manifest(path_of(*old)));
    } catch (const Error& error) {
      log::debug("a broken manifest is replaced: ", error.what());
    }
  }
  write_manifest(place_for(name), manifest.text());
  return replaced;
}

void Store::copy(const Name& from, const Name& to) const {
  std::optional<Manifest> replaced;
  {
    const StoreLock lock = share();
    const Model model = open(from);
    const Path target = place_for(to);
    if (path_of(target) == path_of(place_for(from))) return;
    for (const Layer& layer : model.manifest().all()) {
      if (!blobs().contains(layer.hex, layer.size)) {
        fail(Error::Code::kCorrupt, "model ", model.name().shortest(), ": blob sha256-", layer.hex,
             " is damaged or not there");
      }
    }
    if (find(to)) {
      try {
        replaced = open(to).manifest();
      } catch (const Error& error) {
        log::debug("a broken manifest is replaced: ", error.what());
      }
    }
    write_manifest(target, model.manifest_text());
  }
  if (replaced) discard(*replaced);
}

void Store::remove(const Name& name) const {
  const std::optional<Path> path = find(name);
  if (!path) fail_not_found(name);
  std::optional<Manifest> manifest;
  try {
    manifest = open(name).manifest();
  } catch (const Error& error) {
    log::debug("a broken manifest is removed: ", error.what());
  }
  const fs::path file = path_of(*path);
  if (::unlink(file.c_str()) != 0) fail_with_errno(file.string(), "cannot remove", errno);
  sync_folder(file.parent_path().string());
  // Folders that are empty now; others stay.
  fs::path folder = file.parent_path();
  while (folder != manifests() && ::rmdir(folder.c_str()) == 0) folder = folder.parent_path();
  if (manifest) remove_unreferenced(*manifest);
}

void Store::discard(const Manifest& manifest) const {
  if (may_prune()) remove_unreferenced(manifest);
}

std::optional<std::set<std::string>> Store::referenced() const {
  std::set<std::string> found;
  bool known = true;
  each_manifest(manifests(), [&](const fs::path& path, const std::string& name) {
    try {
      for (const Layer& layer : Manifest::parse(read_manifest(path)).all()) found.insert(layer.hex);
    } catch (const Error& error) {
      log::debug("no blobs are removed, as the manifest ", name, " cannot be read: ", error.what());
      known = false;
    }
  });
  if (!known) return std::nullopt;
  return found;
}

void Store::remove_unreferenced(const Manifest& manifest) const {
  const std::optional<StoreLock> lock = StoreLock::alone(folder_);
  if (!lock) return log::debug("another program writes models: blobs stay until a later prune");
  const auto needed = referenced();
  if (!needed) return;
  for (const Layer& layer : manifest.all()) {
    if (!needed->contains(layer.hex)) unlink_file(blobs().path(layer.hex));
  }
}

size_t Store::prune(std::chrono::seconds grace) const {
  std::error_code error;
  if (!may_prune() || !fs::is_directory(folder_ / "blobs", error)) return 0;
  const std::optional<StoreLock> lock = StoreLock::alone(folder_);
  if (!lock) return 0;
  const auto needed = referenced();
  if (!needed) return 0;
  size_t removed = 0;
  for (const fs::path& folder : {folder_ / "blobs", manifests()}) {
    for (const fs::path& path : files_in(folder)) {
      const std::string name = path.filename().string();
      constexpr std::string_view kPrefix = "sha256-";
      const bool blob = name.starts_with(kPrefix) && is_hex_digest(name.substr(kPrefix.size())) &&
                        !needed->contains(name.substr(kPrefix.size()));
      const bool temporary = name.starts_with(Blobs::kTemporary);
      if ((!blob && !temporary) || !is_old(path, grace)) continue;
      if (temporary && fs::is_directory(fs::symlink_status(path, error))) {
        fs::remove_all(path, error);  // a staging folder
      } else {
        removed += unlink_file(path) ? 1 : 0;
      }
    }
  }
  if (removed > 0) log::debug("removed ", removed, " files that no model needs");
  return removed;
}

}  // namespace cria::registry
