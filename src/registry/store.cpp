#include "registry/store.h"

#include <algorithm>
#include <cstdlib>
#include <fstream>
#include <functional>

#include "base/error.h"
#include "base/quote.h"
#include "registry/manifest.h"
#include "registry/sha256.h"

namespace cria::registry {
namespace {

namespace fs = std::filesystem;

// Reads no more than a manifest may have, and nothing that is not a regular file (a pipe would
// never end).
std::string read_manifest(const fs::path& path) {
  std::error_code error;
  if (!fs::is_regular_file(path, error)) fail(Error::Code::kCorrupt, "not a regular file");
  std::ifstream file(path, std::ios::binary);
  std::string text(kLargestManifest + 1, '\0');
  file.read(text.data(), static_cast<std::streamsize>(text.size()));
  if (file.bad() || file.gcount() == 0) fail(Error::Code::kCorrupt, "empty or unreadable");
  text.resize(static_cast<size_t>(file.gcount()));
  return text;
}

// What is in a folder, in order; nothing for what is no folder. Names with a dot in front are other
// programs' files.
std::vector<std::string> entries(const fs::path& folder) {
  std::vector<std::string> names;
  std::error_code error;
  for (fs::directory_iterator entry(folder, error), end; !error && entry != end;
       entry.increment(error)) {
    std::string name = entry->path().filename().string();
    if (!name.starts_with('.')) names.push_back(std::move(name));
  }
  std::sort(names.begin(), names.end());
  return names;
}

bool same_but_for_case(std::string_view a, std::string_view b) {
  const auto lower = [](char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : c; };
  return std::equal(a.begin(), a.end(), b.begin(), b.end(),
                    [&](char x, char y) { return lower(x) == lower(y); });
}

using Visit = std::function<void(const fs::path& path, const std::string& name)>;

// Visits <host>/<namespace>/<model>/<tag>, four levels and no deeper, whatever links there may be.
void each_manifest(const fs::path& folder, const std::string& name, size_t level,
                   const Visit& visit) {
  constexpr const char* kSeparators[] = {"", "/", "/", ":"};
  if (level == std::size(kSeparators)) return visit(folder, name);
  for (const std::string& part : entries(folder)) {
    each_manifest(folder / part, concat(name, kSeparators[level], part), level + 1, visit);
  }
}

Entry read_entry(const fs::path& path, const std::string& name) {
  const std::string text = read_manifest(path);
  std::error_code error;
  return {.name = Name::parse(name).shortest(),
          .id = sha256(text),
          .size = Manifest::parse(text).size(),
          .modified = fs::last_write_time(path, error)};
}

const Layer& model_layer(const Manifest& manifest, const std::string& name) {
  const Layer* found = nullptr;
  int64_t count = 0;
  for (const Layer& layer : manifest.layers) {
    if (layer.media_type != kModelLayer) continue;
    found = &layer;
    ++count;
  }
  if (count != 1) {
    fail(Error::Code::kUnsupported, "model ", name, ": its manifest has ", count,
         " layers of type ", kModelLayer, ", expected one (a GGUF file)");
  }
  return *found;
}

}  // namespace

fs::path Store::default_folder() {
  for (const char* variable : {"CRIA_MODELS", "OLLAMA_MODELS"}) {
    const char* value = std::getenv(variable);  // NOLINT(concurrency-mt-unsafe): nobody sets any
    if (value && *value) return value;
  }
  const char* home = std::getenv("HOME");  // NOLINT(concurrency-mt-unsafe)
  if (!home || !*home) {
    fail(Error::Code::kNotFound, "no folder for models: set CRIA_MODELS (HOME is not set)");
  }
  return fs::path(home) / ".ollama" / "models";
}

std::vector<Entry> Store::list(std::vector<std::string>* problems) const {
  std::vector<Entry> found;
  each_manifest(folder_ / "manifests", "", 0, [&](const fs::path& path, const std::string& name) {
    try {
      found.push_back(read_entry(path, name));
    } catch (const Error& error) {
      if (problems) problems->push_back(concat("manifest ", quote(name), ": ", error.what()));
    }
  });
  std::stable_sort(found.begin(), found.end(),
                   [](const Entry& a, const Entry& b) { return a.modified > b.modified; });
  return found;
}

fs::path Store::manifest_file(const Name& name) const {
  fs::path path = folder_ / "manifests";
  for (const std::string& part : {name.host, name.space, name.model, name.tag}) {
    std::error_code error;
    if (fs::exists(path / part, error)) {
      path /= part;
      continue;
    }
    const std::vector<std::string> names = entries(path);
    const auto same = std::find_if(names.begin(), names.end(), [&](const std::string& other) {
      return same_but_for_case(part, other);
    });
    if (same == names.end()) return {};
    path /= *same;
  }
  return path;
}

void Store::fail_not_found(const Name& name) const {
  constexpr size_t kMostShown = 10;
  const std::vector<Entry> stored = list();
  std::string there;
  for (size_t i = 0; i < std::min(stored.size(), kMostShown); ++i) {
    there += (i ? ", " : "") + stored[i].name;
  }
  if (stored.size() > kMostShown) there += concat(" and ", stored.size() - kMostShown, " more");
  fail(Error::Code::kNotFound, "model ", name.shortest(), " is not in ", folder_.string(), ": ",
       there.empty() ? "no model is there yet, give the path of a GGUF file or set CRIA_MODELS"
                     : "there are " + there);
}

fs::path Store::model_file(const Name& name) const {
  const fs::path path = manifest_file(name);
  if (path.empty()) fail_not_found(name);
  const std::string model = name.shortest();
  Manifest manifest;
  try {
    manifest = Manifest::parse(read_manifest(path));
  } catch (const Error& error) {
    fail(error.code(), "manifest of ", model, ": ", error.what());
  }
  const Layer& layer = model_layer(manifest, model);
  const std::string blob = "sha256-" + layer.hex;
  fs::path file = folder_ / "blobs" / blob;
  std::error_code error;
  if (!fs::is_regular_file(file, error)) {
    fail(Error::Code::kCorrupt, "manifest of ", model, ": blob ", blob, " is not there");
  }
  const auto size = fs::file_size(file, error);
  if (error || size != static_cast<uint64_t>(layer.size)) {
    fail(Error::Code::kCorrupt, "manifest of ", model, ": blob ", blob, " has ", size,
         " bytes, expected ", layer.size);
  }
  return file;
}

}  // namespace cria::registry
