#include "registry/store.h"

#include <algorithm>
#include <array>
#include <cstdlib>

#include "base/about_file.h"
#include "base/error.h"
#include "base/quote.h"
#include "registry/manifest_files.h"
#include "registry/sha256.h"

namespace cria::registry {
namespace {

namespace fs = std::filesystem;

bool same_but_for_case(std::string_view a, std::string_view b) {
  const auto lower = [](char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : c; };
  return std::equal(a.begin(), a.end(), b.begin(), b.end(),
                    [&](char x, char y) { return lower(x) == lower(y); });
}

// Those in a folder that are called so but for the case of letters, the exact one first.
std::vector<std::string> alike(const fs::path& folder, const std::string& name) {
  std::vector<std::string> found = entries(folder);
  std::erase_if(found, [&](const std::string& other) { return !same_but_for_case(name, other); });
  std::ranges::stable_partition(found, [&](const std::string& other) { return other == name; });
  return found;
}

std::array<std::string, 4> parts_of(const Name& name) {
  return {name.host, name.space, name.model, name.tag};
}

Name name_of(const std::vector<std::string>& path) {
  return {.host = path[0], .space = path[1], .model = path[2], .tag = path[3]};
}

Entry read_entry(const fs::path& path, const std::string& name) {
  const std::string text = read_manifest(path);
  std::error_code error;
  return {.name = Name::parse(name).shortest(),
          .id = sha256(text),
          .size = Manifest::parse(text).size(),
          .modified = fs::last_write_time(path, error)};
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
  each_manifest(manifests(), [&](const fs::path& path, const std::string& name) {
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

fs::path Store::path_of(const Path& path) const {
  fs::path out = manifests();
  for (const std::string& part : path) out /= part;
  return out;
}

std::optional<Store::Path> Store::find(const Name& name) const {
  std::vector<Path> candidates{{}};
  for (const std::string& part : parts_of(name)) {
    std::vector<Path> deeper;
    for (const Path& candidate : candidates) {
      for (std::string& found : alike(path_of(candidate), part)) {
        deeper.push_back(candidate);
        deeper.back().push_back(std::move(found));
      }
    }
    candidates = std::move(deeper);
  }
  if (candidates.empty()) return std::nullopt;
  return candidates.front();
}

// As far as there are folders of its name, in their letters.
Store::Path Store::place_for(const Name& name) const {
  if (std::optional<Path> found = find(name)) return *found;
  Path path;
  for (const std::string& part : parts_of(name)) {
    const std::vector<std::string> found = alike(path_of(path), part);
    path.push_back(found.empty() ? part : found.front());
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

Model Store::open(const Name& name) const {
  const std::optional<Path> path = find(name);
  if (!path) fail_not_found(name);
  const Name stored = name_of(*path);
  const fs::path file = path_of(*path);
  std::string text =
      about_file("manifest of " + stored.shortest(), [&] { return read_manifest(file); });
  std::error_code error;
  return {stored, std::move(text), blobs(), fs::last_write_time(file, error)};
}

}  // namespace cria::registry
