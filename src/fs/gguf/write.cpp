#include "fs/gguf/write.h"

#include <algorithm>
#include <array>
#include <type_traits>

#include "base/error.h"
#include "base/files.h"
#include "base/problems.h"
#include "base/quote.h"
#include "fs/gguf/tensors.h"

namespace cria::gguf {
namespace {

using Code = Error::Code;

constexpr uint32_t kDefaultAlignment = 32;
constexpr uint32_t kSmallestAlignment = 8;
constexpr size_t kMostDims = 4;
constexpr size_t kLongestKey = 65535;
constexpr size_t kLongestName = 63;  // longer ones are refused by ggml

template <class T>
constexpr uint32_t type_id() {
  if constexpr (std::is_same_v<T, uint8_t>) return 0;
  if constexpr (std::is_same_v<T, int8_t>) return 1;
  if constexpr (std::is_same_v<T, uint16_t>) return 2;
  if constexpr (std::is_same_v<T, int16_t>) return 3;
  if constexpr (std::is_same_v<T, uint32_t>) return 4;
  if constexpr (std::is_same_v<T, int32_t>) return 5;
  if constexpr (std::is_same_v<T, float>) return 6;
  if constexpr (std::is_same_v<T, bool>) return 7;
  if constexpr (std::is_same_v<T, std::string>) return 8;
  if constexpr (std::is_same_v<T, uint64_t>) return 10;
  if constexpr (std::is_same_v<T, int64_t>) return 11;
  if constexpr (std::is_same_v<T, double>) return 12;
}
constexpr uint32_t kArray = 9;

// Gathers the bytes before the data: numbers and strings one after another.
class Header {
 public:
  template <class T>
  void number(T value) {
    static_assert(std::is_arithmetic_v<T>);
    bytes_.append(reinterpret_cast<const char*>(&value), sizeof(T));
  }
  void string(const std::string& text) {
    number<uint64_t>(text.size());
    bytes_ += text;
  }

  template <class T>
  void element(const T& value) {
    if constexpr (std::is_same_v<T, std::string>) {
      string(value);
    } else {
      number(value);
    }
  }
  template <class T>
  void value(const T& value) {
    number(type_id<T>());
    element(value);
  }
  template <class T>
  void value(const std::vector<T>& values) {
    number(kArray);
    number(type_id<T>());
    number<uint64_t>(values.size());
    for (const T& value : values) element(value);
  }

  void pad(uint64_t alignment) {
    bytes_.resize((bytes_.size() + alignment - 1) / alignment * alignment, '\0');
  }
  const std::string& bytes() const { return bytes_; }

 private:
  std::string bytes_;
};

// Where each tensor's data goes.
std::vector<TensorEntry> place(const std::vector<OutputTensor>& tensors, uint32_t alignment,
                               const std::string& path) {
  std::vector<TensorEntry> entries;
  entries.reserve(tensors.size());
  Problems problems;
  for (const OutputTensor& tensor : tensors) {
    entries.push_back({.info = {tensor.name, tensor.type, tensor.dims, {}}});
    if (tensor.name.size() > kLongestName) {
      problems.add("tensor ", quote(tensor.name), ": its name has ", tensor.name.size(),
                   " bytes, expected at most ", kLongestName);
    }
    if (tensor.dims.size() > kMostDims) {
      problems.add("tensor ", quote(tensor.name), ": has ", tensor.dims.size(),
                   " dimensions, expected at most ", kMostDims);
    }
  }
  check_names(entries, problems);
  uint64_t offset = 0;
  for (TensorEntry& entry : entries) {
    entry.bytes = checked_bytes(entry, problems);
    entry.offset = offset;
    uint64_t end = 0;
    if (__builtin_add_overflow(offset, entry.bytes, &end) ||
        __builtin_add_overflow(end, alignment - 1, &end)) {
      problems.add("tensor ", quote(entry.info.name), ": ends beyond 2^64 bytes");
      break;
    }
    offset = end / alignment * alignment;
  }
  problems.report(path, Code::kInvalidArgument);
  return entries;
}

std::string header_of(const std::vector<std::pair<std::string, StoredValue>>& metadata,
                      const std::vector<TensorEntry>& entries, uint32_t alignment) {
  Header header;
  for (const char c : {'G', 'G', 'U', 'F'}) header.number(c);
  header.number<uint32_t>(3);
  header.number<uint64_t>(entries.size());
  header.number<uint64_t>(metadata.size());
  for (const auto& [key, value] : metadata) {
    header.string(key);
    std::visit([&](const auto& v) { header.value(v); }, value);
  }
  for (const auto& [info, offset, bytes] : entries) {
    header.string(info.name);
    header.number(static_cast<uint32_t>(info.dims.size()));
    for (size_t i = info.dims.size(); i-- > 0;) header.number(static_cast<uint64_t>(info.dims[i]));
    header.number(info.type);
    header.number(offset);
  }
  header.pad(alignment);
  return header.bytes();
}

// Writes the data of tensors and counts it.
class DataWriter {
 public:
  DataWriter(AtomicFile& file, const std::string& path, const WriteOptions& options, uint64_t total)
      : file_(file), path_(path), options_(options), total_(total) {}

  void write(const OutputTensor& tensor, uint64_t bytes, uint64_t alignment) {
    uint64_t left = bytes;
    tensor.produce([&](std::span<const std::byte> piece) {
      if (piece.size() > left) fail_size(tensor, bytes, "more");
      file_.write(piece);
      left -= piece.size();
      advance(piece.size());
    });
    if (left != 0) fail_size(tensor, bytes, concat("only ", bytes - left));
    const uint64_t padding = (alignment - bytes % alignment) % alignment;
    file_.write(std::string(padding, '\0'));
  }

 private:
  void advance(uint64_t bytes) {
    done_ += bytes;
    if (options_.progress && !options_.progress(done_, total_)) {
      fail(Code::kCancelled, path_, ": cancelled, nothing was written");
    }
  }

  [[noreturn]] void fail_size(const OutputTensor& tensor, uint64_t bytes,
                              const std::string& got) const {
    fail(Code::kInternal, path_, ": tensor ", quote(tensor.name), ": expected ", bytes,
         " bytes of data, got ", got);
  }

  AtomicFile& file_;
  const std::string& path_;
  const WriteOptions& options_;
  uint64_t total_, done_ = 0;
};

}  // namespace

Writer::Writer(uint32_t alignment) : alignment_(alignment) {
  if (alignment < kSmallestAlignment || (alignment & (alignment - 1)) != 0) {
    fail(Code::kInvalidArgument, "alignment ", alignment, ", expected a power of two from ",
         kSmallestAlignment, " on");
  }
  if (alignment != kDefaultAlignment) metadata("general.alignment", alignment);
}

void Writer::metadata(std::string key, StoredValue value) {
  if (key.empty() || key.size() > kLongestKey) {
    fail(Code::kInvalidArgument, "metadata key ", quote(key), " has ", key.size(),
         " bytes, expected 1 to ", kLongestKey);
  }
  const auto same = [&](const auto& entry) { return entry.first == key; };
  if (std::any_of(metadata_.begin(), metadata_.end(), same)) {
    fail(Code::kInvalidArgument, "metadata key ", quote(key), " is there already");
  }
  metadata_.emplace_back(std::move(key), std::move(value));
}

void Writer::write(const std::string& path, const WriteOptions& options) const {
  const std::vector<TensorEntry> entries = place(tensors_, alignment_, path);
  uint64_t total = 0;
  for (const TensorEntry& entry : entries) total += entry.bytes;
  AtomicFile file(path);
  file.write(header_of(metadata_, entries, alignment_));
  DataWriter data(file, path, options, total);
  for (size_t i = 0; i < entries.size(); ++i) data.write(tensors_[i], entries[i].bytes, alignment_);
  if (options.check) options.check(file.temporary_path());
  file.commit();
}

}  // namespace cria::gguf
