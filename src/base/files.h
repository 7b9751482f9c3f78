#pragma once
// Files of the operating system: descriptors that close themselves, errors from errno, and files
// written whole or not at all.

#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <utility>

namespace cria {

// Throws for a failed system call: "model.gguf: cannot open: permission denied". NotFound when
// there is no such file, OutOfMemory, Internal for a full or broken disk, else InvalidArgument.
[[noreturn]] void fail_with_errno(std::string_view path, std::string_view what, int error);

class FileDescriptor {
 public:
  // open(2), close-on-exec; throws as above.
  FileDescriptor(const std::string& path, int flags, unsigned mode = 0);
  // Owns what a system call has just returned; if that is -1, throws what errno says of `what`.
  FileDescriptor(int fd, std::string_view what);
  ~FileDescriptor();
  FileDescriptor(FileDescriptor&& other) noexcept : fd_(std::exchange(other.fd_, -1)) {}
  FileDescriptor& operator=(FileDescriptor&& other) noexcept {
    std::swap(fd_, other.fd_);
    return *this;
  }

  int get() const { return fd_; }
  int release() { return std::exchange(fd_, -1); }  // whoever calls it closes it

 private:
  int fd_;
};

// Writes a file under a temporary name in the same folder. commit() brings it to the disk and gives
// it its name, replacing what was there; without commit nothing remains. Errors are as of
// fail_with_errno.
class AtomicFile {
 public:
  explicit AtomicFile(std::string path);
  ~AtomicFile();
  AtomicFile(const AtomicFile&) = delete;
  AtomicFile& operator=(const AtomicFile&) = delete;

  void write(std::span<const std::byte> bytes);
  void write(std::string_view text) { write(std::as_bytes(std::span(text))); }
  void commit();
  const std::string& temporary_path() const { return temporary_; }

 private:
  std::string path_, temporary_;
  FileDescriptor file_;
  int64_t written_ = 0, begun_ = 0;  // bytes, and those of them on their way to the disk
  bool committed_ = false;
};

}  // namespace cria
