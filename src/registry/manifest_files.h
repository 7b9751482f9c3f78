#pragma once
// Manifests on the disk of a store.

#include <filesystem>
#include <functional>
#include <string>
#include <vector>

namespace cria::registry {

// Reads no more than a manifest may have, and nothing that is not a regular file. Corrupt.
std::string read_manifest(const std::filesystem::path& path);

// What is in a folder, in order; nothing for what is no folder. Names with a dot in front are other
// programs' files.
std::vector<std::string> entries(const std::filesystem::path& folder);

// Visits <host>/<namespace>/<model>/<tag>, four levels and no deeper, whatever links there may be.
void each_manifest(
    const std::filesystem::path& folder,
    const std::function<void(const std::filesystem::path& path, const std::string& name)>& visit);

}  // namespace cria::registry
