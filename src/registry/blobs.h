#pragma once
// The blobs of a store: files that are named by the SHA-256 of what they hold, and appear whole or
// not at all.

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <functional>
#include <span>
#include <string>
#include <string_view>

#include "base/files.h"
#include "registry/sha256.h"

namespace cria::registry {

struct Blob {
  std::string hex;
  int64_t size = 0;     // bytes
  bool is_new = false;  // it was not there before
};

// Told how many bytes are done and will be; false cancels.
using BlobProgress = std::function<bool(uint64_t done, uint64_t total)>;

// Of a regular file: 64 hexadecimal digits. Cancelled; InvalidArgument: it is none.
std::string sha256_of_file(const std::string& path, const BlobProgress& progress = {});

class BlobWriter;

class Blobs {
 public:
  // What begins so are files on their way, or left-overs of a crash.
  static constexpr std::string_view kTemporary = ".cria-";

  explicit Blobs(std::filesystem::path folder) : folder_(std::move(folder)) {}

  // Of a digest that was checked.
  std::string path(const std::string& hex) const;
  // Whether there is a file of this size.
  bool contains(const std::string& hex, int64_t size) const;

  Blob add(std::string_view content) const;
  // A regular file of any place: shared with it when the file system can (a clone, or a hard link
  // to the user's own file), else copied. Cancelled; InvalidArgument: no regular file, or one that
  // changes meanwhile.
  Blob add_file(const std::string& path, const BlobProgress& progress = {}) const;

  // A path in the store where a program may write a file that adopt() then makes a blob of.
  std::string scratch_path() const;
  Blob adopt(const std::string& path, const BlobProgress& progress = {}) const;

 private:
  friend class BlobWriter;
  void make_folder() const;
  std::string temporary_prefix() const;
  Blob copy(const FileDescriptor& file, uint64_t size, const BlobProgress& progress) const;

  std::filesystem::path folder_;
};

// Writes a blob in pieces; without finish() nothing remains.
class BlobWriter {
 public:
  explicit BlobWriter(const Blobs& blobs);
  void write(std::span<const std::byte> bytes);
  // InvalidArgument: another digest was expected.
  Blob finish(std::string_view expected_hex = {});

 private:
  Blobs blobs_;
  TemporaryFile file_;
  Sha256 hash_;
  int64_t size_ = 0;
};

}  // namespace cria::registry
