#include "base/files.h"

#include <fcntl.h>
#include <unistd.h>

#include <atomic>
#include <cerrno>
#include <cstdio>
#include <system_error>

#include "base/error.h"
#include "base/quote.h"

namespace cria {
namespace {

Error::Code code_of(int error) {
  switch (error) {
    case ENOENT:
    case ENOTDIR:
      return Error::Code::kNotFound;
    case ENOMEM:
      return Error::Code::kOutOfMemory;
    case ENOSPC:
    case EDQUOT:
    case EIO:
      return Error::Code::kInternal;
    default:
      return Error::Code::kInvalidArgument;
  }
}

}  // namespace

void fail_with_errno(std::string_view path, std::string_view what, int error) {
  fail(code_of(error), path, ": ", what, ": ", std::generic_category().message(error));
}

FileDescriptor::FileDescriptor(const std::string& path, int flags, unsigned mode) : fd_(-1) {
  if (path.find('\0') != std::string::npos) {
    fail(Error::Code::kInvalidArgument, "path ", quote(path), ": holds a zero byte");
  }
  do {
    fd_ = ::open(path.c_str(), flags | O_CLOEXEC, mode);
  } while (fd_ < 0 && errno == EINTR);
  if (fd_ < 0) fail_with_errno(path, "cannot open", errno);
}

FileDescriptor::FileDescriptor(int fd, std::string_view what) : fd_(fd) {
  if (fd_ < 0) fail_with_errno(what, "cannot be had", errno);
}

FileDescriptor::~FileDescriptor() {
  if (fd_ >= 0) ::close(fd_);
}

std::string folder_of(const std::string& path) {
  const size_t slash = path.rfind('/');
  if (slash == std::string::npos) return ".";
  return slash == 0 ? "/" : path.substr(0, slash);
}

void sync_folder(const std::string& path) {
  const FileDescriptor folder(path, O_RDONLY | O_DIRECTORY);
  if (::fsync(folder.get()) != 0 && errno != EINVAL) {
    fail_with_errno(path, "cannot bring the folder to the disk", errno);
  }
}

// Two processes, and two threads of one, never get the same name; a left-over of a crash is
// skipped.
std::string temporary_path(const std::string& prefix) {
  static std::atomic<unsigned> counter{0};
  constexpr int kAttempts = 100;
  for (int attempt = 1;; ++attempt) {
    const std::string path = concat(prefix, getpid(), '-', counter++);
    if (attempt == kAttempts || ::access(path.c_str(), F_OK) != 0) return path;
  }
}

TemporaryFile::TemporaryFile(const std::string& prefix, unsigned mode, std::string name)
    : name_(std::move(name)),
      path_(temporary_path(prefix)),
      file_(path_, O_RDWR | O_CREAT | O_EXCL, mode) {}

TemporaryFile::~TemporaryFile() {
  if (!renamed_) ::unlink(path_.c_str());
}

void TemporaryFile::write(std::span<const std::byte> bytes) {
  while (!bytes.empty()) {
    const ssize_t written = ::write(file_.get(), bytes.data(), bytes.size());
    if (written < 0 && errno == EINTR) continue;
    if (written < 0) fail_with_errno(name_, "cannot write", errno);
    bytes = bytes.subspan(static_cast<size_t>(written));
    written_ += written;
  }
  // The disk works while the next bytes are made, instead of all at the end; what fails shows then.
  constexpr int64_t kAtOnce = int64_t{32} << 20;
  if (written_ - begun_ < kAtOnce) return;
  ::sync_file_range(file_.get(), begun_, written_ - begun_, SYNC_FILE_RANGE_WRITE);
  begun_ = written_;
}

void TemporaryFile::rename_to(const std::string& path) {
  if (::fsync(file_.get()) != 0) fail_with_errno(name_, "cannot bring to the disk", errno);
  if (std::rename(path_.c_str(), path.c_str()) != 0) {
    fail_with_errno(path, "cannot replace", errno);
  }
  renamed_ = true;
  sync_folder(folder_of(path));
}

}  // namespace cria
