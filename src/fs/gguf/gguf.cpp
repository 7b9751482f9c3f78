#include "fs/gguf/gguf.h"

#include <algorithm>
#include <cstring>
#include <utility>

#include "base/error.h"
#include "base/mapped_file.h"
#include "base/problems.h"
#include "fs/gguf/metadata.h"
#include "fs/gguf/reader.h"
#include "fs/gguf/signature.h"
#include "fs/gguf/tensors.h"
#include "fs/gguf/values.h"

namespace cria::gguf {
namespace {

using Code = Error::Code;

// Numbers of one byte take eight in memory, so this bounds what a large hostile file can make us
// allocate. The largest vocabularies take some tens of MB.
constexpr size_t kMaxHeaderBytes = size_t{256} << 20;

constexpr uint64_t kDefaultAlignment = 32;
constexpr uint64_t kSmallestAlignment = 8;  // of the format, and what our types need
constexpr uint64_t kLargestAlignment = uint64_t{1} << 31;

class ParsedFile : public File {
 public:
  ParsedFile(std::string name, uint32_t version) : name_(std::move(name)), version_(version) {}

  const std::string& path() const override { return name_; }
  uint32_t version() const override { return version_; }
  const Metadata& metadata() const override { return metadata_; }
  const std::vector<TensorInfo>& tensors() const override { return tensors_; }

  void read(Reader& reader, std::span<const std::byte> bytes, Problems& problems);
  void keep(MappedFile mapping) { mapping_.emplace(std::move(mapping)); }

 private:
  std::string name_;
  uint32_t version_;
  Metadata metadata_;
  std::vector<TensorInfo> tensors_;
  std::optional<MappedFile> mapping_;
};

void check_magic(Reader& reader, std::span<const std::byte> bytes, const std::string& name) {
  constexpr size_t kBytes = 4;
  if (bytes.size() >= kBytes) {
    const auto magic = reader.number<uint32_t>();
    if (std::memcmp(&magic, "GGUF", kBytes) == 0) return;
    if (std::memcmp(&magic, "FUGG", kBytes) == 0) {
      fail(Code::kUnsupported, name, ": is a big-endian GGUF file, expected little-endian");
    }
  }
  fail(Code::kCorrupt, name, ": not a GGUF file but ", describe_other_format(bytes));
}

uint32_t read_version(Reader& reader, const std::string& name) {
  const auto version = reader.number<uint32_t>();
  if (version == 2 || version == 3) return version;
  if (version != 0 && (version & 0xffff) == 0) {
    fail(Code::kUnsupported, name, ": is a big-endian GGUF file, expected little-endian");
  }
  fail(Code::kUnsupported, name, ": GGUF version ", version, ", expected 2 or 3");
}

void check_split(const Metadata& metadata, const std::string& name) {
  const auto found = metadata.find("split.count");
  const int64_t count = found == metadata.end() ? 1 : as_integer(found->second).value_or(1);
  if (count <= 1) return;
  fail(Code::kUnsupported, name, ": is one of ", count,
       " parts of a split model (split.count), expected the model in a single file");
}

uint64_t read_alignment(const Metadata& metadata, Problems& problems) {
  const auto found = metadata.find("general.alignment");
  if (found == metadata.end()) return kDefaultAlignment;
  const auto alignment = static_cast<uint64_t>(as_integer(found->second).value_or(0));
  const bool power_of_two = (alignment & (alignment - 1)) == 0;
  if (power_of_two && alignment >= kSmallestAlignment && alignment <= kLargestAlignment) {
    return alignment;
  }
  problems.add("general.alignment is ", describe(found->second), ", expected a power of two from ",
               kSmallestAlignment, " to ", kLargestAlignment);
  return 0;
}

void ParsedFile::read(Reader& reader, std::span<const std::byte> bytes, Problems& problems) {
  const size_t tensor_count = reader.count("tensors", kFewestTensorBytes);
  const size_t metadata_count = reader.count("metadata entries", kFewestMetadataBytes);
  metadata_ = read_metadata(reader, metadata_count, problems);
  check_split(metadata_, name_);
  const uint64_t alignment = read_alignment(metadata_, problems);
  std::vector<TensorEntry> entries = read_tensors(reader, tensor_count, problems);
  if (alignment != 0) {
    const uint64_t start = (reader.position() + alignment - 1) / alignment * alignment;
    place_tensors(entries, bytes.subspan(std::min<uint64_t>(start, bytes.size())), alignment,
                  problems);
  }
  tensors_.reserve(entries.size());
  for (TensorEntry& entry : entries) tensors_.push_back(std::move(entry.info));
}

std::unique_ptr<ParsedFile> parse_bytes(std::span<const std::byte> bytes, std::string name) {
  Reader reader(bytes.first(std::min(bytes.size(), kMaxHeaderBytes)));
  Problems problems;
  std::unique_ptr<ParsedFile> file;
  try {
    check_magic(reader, bytes, name);
    const uint32_t version = read_version(reader, name);
    file = std::make_unique<ParsedFile>(name, version);
    file->read(reader, bytes, problems);
  } catch (const Unreadable& e) {
    problems.add(e.what);
  }
  problems.report(name);
  return file;
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

}  // namespace cria::gguf
