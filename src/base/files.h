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

// A file under a temporary name, which is gone when it is destroyed. Errors are as of
// fail_with_errno, about `name`.
class TemporaryFile {
 public:
  // The path is `prefix` and something that no other has.
  TemporaryFile(const std::string& prefix, unsigned mode, std::string name);
  ~TemporaryFile();
  TemporaryFile(const TemporaryFile&) = delete;
  TemporaryFile& operator=(const TemporaryFile&) = delete;

  void write(std::span<const std::byte> bytes);
  // Brings it to the disk and gives it a name on the same file system, replacing what was there.
  void rename_to(const std::string& path);
  const std::string& path() const { return path_; }
  int descriptor() const { return file_.get(); }

 private:
  std::string name_, path_;
  FileDescriptor file_;
  int64_t written_ = 0, begun_ = 0;  // bytes, and those of them on their way to the disk
  bool renamed_ = false;
};

// Writes a file under a temporary name in the same folder. commit() brings it to the disk and gives
// it its name, replacing what was there; without commit nothing remains. Errors are as of
// fail_with_errno.
class AtomicFile {
 public:
  explicit AtomicFile(const std::string& path) : path_(path), file_(path + ".tmp-", 0666, path) {}

  void write(std::span<const std::byte> bytes) { file_.write(bytes); }
  void write(std::string_view text) { write(std::as_bytes(std::span(text))); }
  void commit() { file_.rename_to(path_); }
  const std::string& temporary_path() const { return file_.path(); }

 private:
  std::string path_;
  TemporaryFile file_;
};

// A path that begins with `prefix` and that nobody else has been given.
std::string temporary_path(const std::string& prefix);

// Brings the names in a folder to the disk; some file systems cannot, and then it is as it is.
void sync_folder(const std::string& path);

// Of what a path names.
std::string folder_of(const std::string& path);

}  // namespace cria
