#include "registry/lock.h"

#include <fcntl.h>
#include <sys/file.h>

#include <cerrno>

#include "base/log.h"

namespace cria::registry {
namespace {

FileDescriptor open_lock(const std::filesystem::path& folder) {
  std::error_code error;
  std::filesystem::create_directories(folder, error);
  if (error) fail_with_errno(folder.string(), "cannot make the folder", error.value());
  return {(folder / "cria.lock").string(), O_RDONLY | O_CREAT, 0644};
}

bool lock(const FileDescriptor& file, int kind) {
  int result = 0;
  do {
    result = ::flock(file.get(), kind);
  } while (result != 0 && errno == EINTR);
  return result == 0;
}

}  // namespace

StoreLock StoreLock::shared(const std::filesystem::path& folder) {
  FileDescriptor file = open_lock(folder);
  if (!lock(file, LOCK_SH)) log::debug("the store's lock does not work here: nothing is pruned");
  return StoreLock(std::move(file));
}

std::optional<StoreLock> StoreLock::alone(const std::filesystem::path& folder) {
  FileDescriptor file = open_lock(folder);
  if (!lock(file, LOCK_EX | LOCK_NB)) return std::nullopt;
  return StoreLock(std::move(file));
}

}  // namespace cria::registry
