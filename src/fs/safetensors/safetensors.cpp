#include "fs/safetensors/safetensors.h"

#include <algorithm>
#include <cstring>
#include <optional>
#include <unordered_map>
#include <utility>

#include "base/error.h"
#include "base/mapped_file.h"
#include "base/problems.h"
#include "base/quote.h"
#include "fs/safetensors/dtypes.h"
#include "fs/safetensors/header.h"

namespace cria::safetensors {
namespace {

constexpr uint64_t kMaxHeaderBytes = 100'000'000;  // the limit of the format

struct Parts {
  std::string_view header;
  std::span<const std::byte> data;
};

Parts split(std::span<const std::byte> bytes, const std::string& file) {
  uint64_t length = 0;
  if (bytes.size() < sizeof(length)) {
    fail(Error::Code::kCorrupt, file, ": has ", bytes.size(), " bytes, expected at least ",
         sizeof(length), " for the length of a safetensors header");
  }
  std::memcpy(&length, bytes.data(), sizeof(length));
  const std::span<const std::byte> rest = bytes.subspan(sizeof(length));
  if (length > std::min<uint64_t>(rest.size(), kMaxHeaderBytes)) {
    fail(Error::Code::kCorrupt, file, ": header of ", length, " bytes, expected at most ",
         std::min<uint64_t>(rest.size(), kMaxHeaderBytes), " (is it a safetensors file?)");
  }
  const std::string_view header(reinterpret_cast<const char*>(rest.data()), length);
  if (header.empty() || header.front() != '{') {
    fail(Error::Code::kCorrupt, file, ": header begins with ", quote(header.substr(0, 1)),
         ", expected \"{\" (is it a safetensors file?)");
  }
  return {header, rest.subspan(length)};
}

// Whether the entry has a size and place that fit each other and the data.
bool check_entry(const HeaderEntry& entry, uint64_t data_bytes, Problems& problems) {
  const std::string where = "tensor " + quote(entry.name);
  const auto wrong = [&](const auto&... what) {
    problems.add(where, ": ", what...);
    return false;
  };
  uint64_t bits = bits_of(entry.dtype);
  if (bits == 0) return wrong("dtype ", quote(entry.dtype), " is unknown");
  bool overflows = false;
  for (const int64_t dim : entry.shape) {
    overflows |= __builtin_mul_overflow(bits, static_cast<uint64_t>(dim), &bits);
  }
  if (overflows) return wrong("its shape is too large for any file");
  if (bits % 8 != 0) return wrong("its shape takes no whole number of bytes of ", entry.dtype);
  if (entry.offsets.size() != 2) {
    return wrong("has ", entry.offsets.size(), " data_offsets, expected 2");
  }
  const uint64_t begin = entry.offsets[0], end = entry.offsets[1];
  if (begin > end) return wrong("data_offsets ", begin, " and ", end, " are reversed");
  if (end > data_bytes) {
    return wrong("data ends at ", end, ", beyond the ", data_bytes, " bytes of data in the file");
  }
  if (end - begin != bits / 8) {
    return wrong("data takes ", end - begin, " bytes, its shape and dtype ", bits / 8);
  }
  return true;
}

// The format wants the data covered without overlaps and holes, so that nothing hides in a file.
void check_coverage(const std::vector<HeaderEntry>& sorted, uint64_t data_bytes,
                    Problems& problems) {
  uint64_t covered = 0;
  for (const HeaderEntry& entry : sorted) {
    const uint64_t begin = entry.offsets[0];
    if (begin != covered) {
      problems.add("tensor ", quote(entry.name), ": data begins at ", begin, ", expected ", covered,
                   begin < covered ? ": it overlaps another" : ": there is a hole before it");
    }
    covered = std::max(covered, entry.offsets[1]);
  }
  if (covered != data_bytes) {
    problems.add(data_bytes - covered, " bytes at the end of the file belong to no tensor");
  }
}

void check_names(const std::vector<HeaderEntry>& entries, Problems& problems) {
  std::vector<std::string_view> names;
  names.reserve(entries.size());
  for (const HeaderEntry& entry : entries) names.push_back(entry.name);
  std::sort(names.begin(), names.end());
  for (size_t i = 1; i < names.size(); ++i) {
    if (names[i] == names[i - 1]) problems.add("tensor ", quote(names[i]), " is there twice");
  }
}

// Sorts the entries by their data.
void check(std::vector<HeaderEntry>& entries, uint64_t data_bytes, const std::string& file) {
  Problems problems;
  bool all_fit = true;
  for (const HeaderEntry& entry : entries) all_fit &= check_entry(entry, data_bytes, problems);
  if (all_fit) {
    std::sort(entries.begin(), entries.end(),
              [](const HeaderEntry& a, const HeaderEntry& b) { return a.offsets < b.offsets; });
    check_coverage(entries, data_bytes, problems);
  }
  check_names(entries, problems);
  problems.report(file);
}

class ParsedFile : public File {
 public:
  // The header was checked.
  ParsedFile(std::string name, Header header, std::span<const std::byte> data);
  void keep(MappedFile mapping) { mapping_.emplace(std::move(mapping)); }

  const std::string& path() const override { return name_; }
  const std::vector<TensorInfo>& tensors() const override { return tensors_; }
  const std::map<std::string, std::string>& metadata() const override { return metadata_; }
  const TensorInfo* find(std::string_view name) const override {
    const auto found = by_name_.find(name);
    return found == by_name_.end() ? nullptr : found->second;
  }

 private:
  std::string name_;
  std::map<std::string, std::string> metadata_;
  std::vector<TensorInfo> tensors_;
  std::unordered_map<std::string_view, const TensorInfo*> by_name_;
  std::optional<MappedFile> mapping_;
};

ParsedFile::ParsedFile(std::string name, Header header, std::span<const std::byte> data)
    : name_(std::move(name)), metadata_(std::move(header.metadata)) {
  tensors_.reserve(header.tensors.size());
  for (HeaderEntry& entry : header.tensors) {
    const uint64_t begin = entry.offsets[0], bytes = entry.offsets[1] - begin;
    tensors_.push_back({.name = std::move(entry.name),
                        .dtype = std::move(entry.dtype),
                        .shape = std::move(entry.shape),
                        .data = data.subspan(begin, bytes)});
  }
  by_name_.reserve(tensors_.size());
  for (const TensorInfo& tensor : tensors_) by_name_.emplace(tensor.name, &tensor);
}

std::unique_ptr<ParsedFile> parse_bytes(std::span<const std::byte> bytes, std::string name) {
  const Parts parts = split(bytes, name);
  Header header = read_header(parts.header, name);
  check(header.tensors, parts.data.size(), name);
  return std::make_unique<ParsedFile>(std::move(name), std::move(header), parts.data);
}

}  // namespace

std::unique_ptr<File> File::parse(std::span<const std::byte> bytes, std::string name) {
  return parse_bytes(bytes, std::move(name));
}

std::unique_ptr<File> File::open(const std::string& path) {
  MappedFile mapping(path);
  std::unique_ptr<ParsedFile> file = parse_bytes(mapping.bytes(), path);
  file->keep(std::move(mapping));
  return file;
}

}  // namespace cria::safetensors
