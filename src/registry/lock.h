#pragma once
// Who writes a model holds its store's lock together with others, from the first blob on until the
// manifest names them all; who removes blobs that no manifest names holds it alone. So programs of
// cria cannot remove each other's new blobs. Programs that know no such lock are covered by the
// time for which new blobs stay (see Store::prune).

#include <filesystem>
#include <optional>

#include "base/files.h"

namespace cria::registry {

class StoreLock {
 public:
  // Waits while somebody prunes.
  static StoreLock shared(const std::filesystem::path& folder);
  // Nothing when somebody writes, or where files cannot be locked.
  static std::optional<StoreLock> alone(const std::filesystem::path& folder);

 private:
  explicit StoreLock(FileDescriptor file) : file_(std::move(file)) {}

  FileDescriptor file_;
};

}  // namespace cria::registry
