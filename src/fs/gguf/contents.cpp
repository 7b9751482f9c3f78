#include "fs/gguf/contents.h"

#include <algorithm>
#include <cstring>
#include <utility>

#include "base/error.h"
#include "base/problems.h"
#include "fs/gguf/reader.h"
#include "fs/gguf/signature.h"
#include "fs/gguf/tensors.h"
#include "fs/gguf/values.h"

namespace cria::gguf {
namespace {

using Code = Error::Code;

// With those of metadata.h and tensors.h, this bounds the memory that a hostile file can make us
// take, which may be nearly empty on the disk. The largest vocabularies take some tens of MB.
constexpr size_t kMaxHeaderBytes = size_t{256} << 20;

constexpr uint64_t kDefaultAlignment = 32;
constexpr uint64_t kSmallestAlignment = 8;  // of the format, and what our types need
constexpr uint64_t kLargestAlignment = uint64_t{1} << 31;

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

void read_body(Reader& reader, std::span<const std::byte> bytes, Contents& contents,
               Problems& problems) {
  const size_t tensor_count = reader.count("tensors", kFewestTensorBytes, kMostTensors);
  const size_t metadata_count =
      reader.count("metadata entries", kFewestMetadataBytes, kMostMetadata);
  contents.metadata = read_metadata(reader, metadata_count, problems);
  const uint64_t alignment = read_alignment(contents.metadata, problems);
  std::vector<TensorEntry> entries = read_tensors(reader, tensor_count, problems);
  if (alignment != 0) {
    const uint64_t start = (reader.position() + alignment - 1) / alignment * alignment;
    place_tensors(entries, bytes.subspan(std::min<uint64_t>(start, bytes.size())), alignment,
                  problems);
  }
  contents.tensors.reserve(entries.size());
  for (TensorEntry& entry : entries) contents.tensors.push_back(std::move(entry.info));
}

}  // namespace

Contents read_contents(std::span<const std::byte> bytes, const std::string& name) {
  Reader reader(bytes.first(std::min(bytes.size(), kMaxHeaderBytes)));
  Problems problems;
  Contents contents;
  try {
    check_magic(reader, bytes, name);
    contents.version = read_version(reader, name);
    read_body(reader, bytes, contents, problems);
  } catch (const Unreadable& e) {
    problems.add(e.what);
  }
  problems.report(name);
  return contents;
}

}  // namespace cria::gguf
