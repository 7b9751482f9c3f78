#pragma once
// What FROM, DRAFT and ADAPTER name.

#include <optional>
#include <string>
#include <vector>

#include "registry/store.h"

namespace cria::create {

struct Source {
  std::string checkpoint;                // folder of a checkpoint or a PEFT adapter
  std::vector<std::string> files;        // or GGUF files, of split ones the first
  std::optional<registry::Model> model;  // or a stored model
};

// With ~ for the home folder; relative ones begin in `folder`.
std::string expand_path(const std::string& path, const std::string& folder);

// A file, or a folder that holds a checkpoint or GGUF files; nothing when there is none of the
// name, and it does not look like one. Errors as of find_source.
std::optional<Source> find_files(const std::string& text, const std::string& folder);

// A folder, a file, a stored model's name, or a blob as @sha256:... NotFound, with what was looked
// for; InvalidArgument: a folder without weights, files that are no GGUF, a path that leads outside
// ("insecure path").
Source find_source(const std::string& text, const std::string& folder,
                   const registry::Store& store);
// A folder or a file alone.
Source find_adapter(const std::string& text, const std::string& folder);

}  // namespace cria::create
