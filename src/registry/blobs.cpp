#include "registry/blobs.h"

#include <fcntl.h>
#include <linux/fs.h>
#include <sys/ioctl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstdio>
#include <vector>

#include "base/error.h"

namespace cria::registry {
namespace {

namespace fs = std::filesystem;

constexpr unsigned kMode = 0644;

struct stat status_of(const FileDescriptor& file, const std::string& path) {
  struct stat status {};
  if (::fstat(file.get(), &status) != 0) fail_with_errno(path, "cannot look at", errno);
  return status;
}

// Without waiting, should it be a pipe.
FileDescriptor open_regular(const std::string& path) {
  FileDescriptor file(path, O_RDONLY | O_NONBLOCK);
  if (!S_ISREG(status_of(file, path).st_mode)) {
    fail(Error::Code::kInvalidArgument, path, ": is no regular file");
  }
  ::posix_fadvise(file.get(), 0, 0, POSIX_FADV_SEQUENTIAL);
  return file;
}

// Hands over all bytes of a file.
void read_all(const FileDescriptor& file, const std::string& path, uint64_t size,
              const BlobProgress& progress,
              const std::function<void(std::span<const std::byte>)>& take) {
  std::vector<std::byte> buffer(size_t{1} << 20);
  for (uint64_t done = 0;;) {
    const ssize_t count =
        ::pread(file.get(), buffer.data(), buffer.size(), static_cast<off_t>(done));
    if (count < 0 && errno == EINTR) continue;
    if (count < 0) fail_with_errno(path, "cannot read", errno);
    if (count == 0) return;
    take(std::span(buffer).first(static_cast<size_t>(count)));
    done += static_cast<uint64_t>(count);
    if (progress && !progress(done, size)) fail(Error::Code::kCancelled, path, ": cancelled");
  }
}

std::string hash_of(const FileDescriptor& file, const std::string& path, uint64_t size,
                    const BlobProgress& progress) {
  Sha256 hash;
  read_all(file, path, size, progress,
           [&](std::span<const std::byte> bytes) { hash.update(bytes); });
  return hash.finish();
}

bool is_same(const struct stat& a, const struct stat& b) {
  return a.st_size == b.st_size && a.st_mtim.tv_sec == b.st_mtim.tv_sec &&
         a.st_mtim.tv_nsec == b.st_mtim.tv_nsec;
}

// Whether the blob is the file's now, with another file's bytes for as long as neither is written.
bool clone(const FileDescriptor& file, TemporaryFile& temporary, const std::string& to) {
  if (::ioctl(temporary.descriptor(), FICLONE, file.get()) != 0) return false;
  ::fchmod(temporary.descriptor(), kMode);
  temporary.rename_to(to);
  return true;
}

// Whether the blob is another name of the file now. Only of the user's own: others may write
// theirs.
bool hard_link(const FileDescriptor& file, const struct stat& status, const std::string& temporary,
               const std::string& to) {
  if (status.st_uid != ::geteuid()) return false;
  // By its descriptor: the path may name another file by now.
  const std::string name = concat("/proc/self/fd/", file.get());
  if (::linkat(AT_FDCWD, name.c_str(), AT_FDCWD, temporary.c_str(), AT_SYMLINK_FOLLOW) != 0) {
    return false;
  }
  const bool renamed = ::fsync(file.get()) == 0 && std::rename(temporary.c_str(), to.c_str()) == 0;
  ::unlink(temporary.c_str());  // renaming one name of a file to another leaves both
  if (renamed) sync_folder(folder_of(to));
  return renamed;
}

}  // namespace

std::string sha256_of_file(const std::string& path, const BlobProgress& progress) {
  const FileDescriptor file = open_regular(path);
  return hash_of(file, path, static_cast<uint64_t>(status_of(file, path).st_size), progress);
}

std::string Blobs::path(const std::string& hex) const {
  return (folder_ / ("sha256-" + hex)).string();
}

bool Blobs::contains(const std::string& hex, int64_t size) const {
  std::error_code error;
  const fs::path file = path(hex);
  return fs::is_regular_file(file, error) &&
         fs::file_size(file, error) == static_cast<uintmax_t>(size);
}

void Blobs::make_folder() const {
  std::error_code error;
  fs::create_directories(folder_, error);
  if (error) fail_with_errno(folder_.string(), "cannot make the folder", error.value());
}

std::string Blobs::temporary_prefix() const {
  make_folder();
  return (folder_ / kTemporary).string();
}

std::string Blobs::scratch_path() const { return temporary_path(temporary_prefix()); }

Blob Blobs::add(std::string_view content) const {
  BlobWriter writer(*this);
  writer.write(std::as_bytes(std::span(content)));
  return writer.finish();
}

Blob Blobs::copy(const FileDescriptor& file, uint64_t size, const BlobProgress& progress) const {
  BlobWriter writer(*this);
  read_all(file, folder_.string(), size, progress,
           [&](std::span<const std::byte> bytes) { writer.write(bytes); });
  return writer.finish();
}

Blob Blobs::add_file(const std::string& from, const BlobProgress& progress) const {
  const FileDescriptor file = open_regular(from);
  const struct stat before = status_of(file, from);
  const auto size = static_cast<uint64_t>(before.st_size);
  make_folder();
  struct stat folder {};
  const bool near = ::stat(folder_.c_str(), &folder) == 0 && folder.st_dev == before.st_dev;
  Blob blob;
  if (near) {
    blob = {.hex = hash_of(file, from, size, progress), .size = before.st_size, .is_new = true};
    const std::string to = path(blob.hex);
    if (contains(blob.hex, blob.size)) {
      blob.is_new = false;
    } else if (TemporaryFile temporary(temporary_prefix(), 0600, to);
               !clone(file, temporary, to) && !hard_link(file, before, scratch_path(), to)) {
      blob = copy(file, size, progress);
    }
  } else {
    blob = copy(file, size, progress);
  }
  if (is_same(before, status_of(file, from))) return blob;
  if (blob.is_new) ::unlink(path(blob.hex).c_str());
  fail(Error::Code::kInvalidArgument, from, ": was written to meanwhile");
}

Blob Blobs::adopt(const std::string& from, const BlobProgress& progress) const {
  const FileDescriptor file = open_regular(from);
  const struct stat status = status_of(file, from);
  Blob blob{.hex = hash_of(file, from, static_cast<uint64_t>(status.st_size), progress),
            .size = status.st_size};
  if (contains(blob.hex, blob.size)) {
    ::unlink(from.c_str());
    return blob;
  }
  const std::string to = path(blob.hex);
  if (::fchmod(file.get(), kMode) != 0) fail_with_errno(from, "cannot change its mode", errno);
  if (::fsync(file.get()) != 0) fail_with_errno(from, "cannot bring to the disk", errno);
  if (std::rename(from.c_str(), to.c_str()) != 0) fail_with_errno(to, "cannot replace", errno);
  sync_folder(folder_.string());
  blob.is_new = true;
  return blob;
}

BlobWriter::BlobWriter(const Blobs& blobs)
    : blobs_(blobs), file_(blobs.temporary_prefix(), 0600, blobs.folder_.string()) {}

void BlobWriter::write(std::span<const std::byte> bytes) {
  hash_.update(bytes);
  file_.write(bytes);
  size_ += static_cast<int64_t>(bytes.size());
}

Blob BlobWriter::finish(std::string_view expected_hex) {
  Blob blob{.hex = hash_.finish(), .size = size_};
  if (!expected_hex.empty() && blob.hex != expected_hex) {
    fail(Error::Code::kInvalidArgument, "digest mismatch, expected sha256:", expected_hex,
         ", got sha256:", blob.hex);
  }
  if (blobs_.contains(blob.hex, blob.size)) return blob;
  ::fchmod(file_.descriptor(), kMode);
  file_.rename_to(blobs_.path(blob.hex));
  blob.is_new = true;
  return blob;
}

}  // namespace cria::registry
