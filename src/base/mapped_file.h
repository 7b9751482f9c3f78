#pragma once
// A regular file mapped into memory, read-only.

#include <cstddef>
#include <span>
#include <string>
#include <utility>

namespace cria {

class MappedFile {
 public:
  // NotFound when there is none; InvalidArgument for what is no regular file or may not be read.
  explicit MappedFile(const std::string& path);
  ~MappedFile();
  MappedFile(MappedFile&& other) noexcept : bytes_(std::exchange(other.bytes_, {})) {}
  MappedFile& operator=(MappedFile&& other) noexcept {
    std::swap(bytes_, other.bytes_);
    return *this;
  }

  // Begins at a page; empty for an empty file. Reading what is gone since, because the file was cut
  // short, raises SIGBUS.
  std::span<const std::byte> bytes() const { return bytes_; }

  enum class Use { kSequential, kSoon };
  // Tells the kernel how the bytes will be read; changes only speed.
  void advise(Use use) const;
  // Has the kernel begin to read these bytes of a mapping, which will be needed soon.
  static void fetch(std::span<const std::byte> bytes);
  // Tells the kernel that these bytes of a mapping are not needed any more: they are read from the
  // file again when they are.
  static void forget(std::span<const std::byte> bytes);

 private:
  std::span<const std::byte> bytes_;
};

}  // namespace cria
