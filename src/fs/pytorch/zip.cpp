// Layout: APPNOTE.TXT of PKWARE, version 6.3. An archive ends with the end record, which finds the
// central directory, whose records find a local header before each entry's data.
#include "fs/pytorch/zip.h"

#include <algorithm>
#include <cstdint>
#include <cstring>
#include <vector>

#include "base/error.h"
#include "base/quote.h"

namespace cria::pytorch {
namespace {

using Code = Error::Code;
using Bytes = std::span<const std::byte>;

constexpr uint32_t kLocal = 0x04034b50, kCentral = 0x02014b50, kEnd = 0x06054b50;
constexpr uint32_t kEnd64 = 0x06064b50, kLocator64 = 0x07064b50;
constexpr size_t kLocalBytes = 30, kCentralBytes = 46, kEndBytes = 22;
constexpr size_t kEnd64Bytes = 56, kLocator64Bytes = 20, kMostComment = 65535;
constexpr uint32_t kIn64 = 0xffffffff;  // the value stands in a field of 64 bits elsewhere

template <class T>
T number(Bytes bytes, size_t position) {
  T value;
  std::memcpy(&value, bytes.data() + position, sizeof(T));
  return value;
}

struct Directory {
  uint64_t offset = 0, bytes = 0, entries = 0;
};

struct Record {
  std::string name;
  uint16_t flags = 0, method = 0;
  uint32_t attributes = 0;
  uint64_t compressed = 0, size = 0, offset = 0;  // the offset is that of the local header
};

class Archive {
 public:
  Archive(Bytes bytes, const std::string& file) : bytes_(bytes), file_(file) {}

  Entries entries() const {
    Entries out;
    std::vector<Bytes> placed;
    for (const Record& record : records()) {
      check(record);
      const Bytes data = data_of(record);
      if (!out.emplace(record.name, data).second) corrupt(quote(record.name), " is there twice");
      if (!data.empty()) placed.push_back(data);
    }
    check_overlaps(placed);
    return out;
  }

 private:
  template <class... Args>
  [[noreturn]] void corrupt(const Args&... what) const {
    fail(Code::kCorrupt, file_, ": zip archive: ", what...);
  }

  // The bytes at a place that the archive names.
  Bytes at(uint64_t offset, uint64_t bytes, const char* what) const {
    if (offset > bytes_.size() || bytes > bytes_.size() - offset) {
      corrupt("truncated: ", what, " of ", bytes, " bytes at byte ", offset,
              ", where the file has ", bytes_.size());
    }
    return bytes_.subspan(offset, bytes);
  }

  size_t find_end() const {
    if (bytes_.size() >= kEndBytes) {
      const size_t last = bytes_.size() - kEndBytes;
      const size_t first = last - std::min(last, kMostComment);
      for (size_t position = last + 1; position-- > first;) {
        if (number<uint32_t>(bytes_, position) != kEnd) continue;
        if (number<uint16_t>(bytes_, position + 20) == last - position) return position;
      }
    }
    corrupt("has no end record: it is truncated or no zip archive");
  }

  Directory directory() const {
    const size_t position = find_end();
    const Bytes end = bytes_.subspan(position);
    if (position >= kLocator64Bytes &&
        number<uint32_t>(bytes_, position - kLocator64Bytes) == kLocator64) {
      return directory64(number<uint64_t>(bytes_, position - kLocator64Bytes + 8));
    }
    if (number<uint16_t>(end, 4) != 0 || number<uint16_t>(end, 6) != 0) fail_split();
    return {.offset = number<uint32_t>(end, 16),
            .bytes = number<uint32_t>(end, 12),
            .entries = number<uint16_t>(end, 10)};
  }

  Directory directory64(uint64_t offset) const {
    const Bytes end = at(offset, kEnd64Bytes, "an end record");
    if (number<uint32_t>(end, 0) != kEnd64) corrupt("no end record at byte ", offset);
    if (number<uint32_t>(end, 16) != 0 || number<uint32_t>(end, 20) != 0) fail_split();
    return {.offset = number<uint64_t>(end, 48),
            .bytes = number<uint64_t>(end, 40),
            .entries = number<uint64_t>(end, 32)};
  }

  [[noreturn]] void fail_split() const {
    fail(Code::kUnsupported, file_, ": is one of several parts of a zip archive, expected a whole");
  }

  std::vector<Record> records() const {
    const Directory directory = this->directory();
    Bytes rest = at(directory.offset, directory.bytes, "a directory");
    if (directory.entries > rest.size() / kCentralBytes) {
      corrupt("announces ", directory.entries, " entries in a directory of ", rest.size(),
              " bytes");
    }
    std::vector<Record> out;
    out.reserve(directory.entries);
    for (uint64_t i = 0; i < directory.entries; ++i) out.push_back(next_record(rest));
    return out;
  }

  Record next_record(Bytes& rest) const {
    if (rest.size() < kCentralBytes || number<uint32_t>(rest, 0) != kCentral) {
      corrupt("the directory is damaged ", rest.size(), " bytes before its end");
    }
    const size_t name = number<uint16_t>(rest, 28), extra = number<uint16_t>(rest, 30);
    const size_t whole = kCentralBytes + name + extra + number<uint16_t>(rest, 32);
    if (whole > rest.size()) corrupt("the directory ends inside an entry");
    Record record{.name = {reinterpret_cast<const char*>(rest.data()) + kCentralBytes, name},
                  .flags = number<uint16_t>(rest, 8),
                  .method = number<uint16_t>(rest, 10),
                  .attributes = number<uint32_t>(rest, 38),
                  .compressed = number<uint32_t>(rest, 20),
                  .size = number<uint32_t>(rest, 24),
                  .offset = number<uint32_t>(rest, 42)};
    read_extra(record, rest.subspan(kCentralBytes + name, extra));
    rest = rest.subspan(whole);
    return record;
  }

  // Numbers of 64 bits stand in an extra field, in this order, each only if it is needed.
  void read_extra(Record& record, Bytes extra) const {
    constexpr uint16_t kZip64 = 1;
    while (extra.size() >= 4) {
      const auto id = number<uint16_t>(extra, 0);
      const size_t size = number<uint16_t>(extra, 2);
      if (size > extra.size() - 4) corrupt(quote(record.name), ": an extra field is too long");
      Bytes field = extra.subspan(4, size);
      extra = extra.subspan(4 + size);
      if (id != kZip64) continue;
      for (uint64_t* value : {&record.size, &record.compressed, &record.offset}) {
        if (*value != kIn64) continue;
        if (field.size() < 8) corrupt(quote(record.name), ": its zip64 field is too short");
        *value = number<uint64_t>(field, 0);
        field = field.subspan(8);
      }
    }
  }

  // Nothing here writes files; a name that would be dangerous to write still is no PyTorch's.
  void check(const Record& record) const {
    const std::string& name = record.name;
    const std::string path = "/" + name + "/";
    if (name.empty() || name.front() == '/' || name.find('\\') != std::string::npos ||
        name.find('\0') != std::string::npos || path.find("/../") != std::string::npos) {
      corrupt("an entry is named ", quote(name), ", expected a path that stays inside");
    }
    constexpr uint32_t kTypeMask = 0170000, kLink = 0120000;
    if ((record.attributes >> 16 & kTypeMask) == kLink) {
      corrupt(quote(name), " is a symbolic link, expected a file");
    }
    if (record.flags & 1) {
      fail(Code::kUnsupported, file_, ": zip archive: ", quote(name), " is encrypted");
    }
    if (record.method != 0) {
      fail(Code::kUnsupported, file_, ": zip archive: ", quote(name), " is compressed (method ",
           record.method, "), expected stored entries, as PyTorch writes them");
    }
    if (record.size != record.compressed) {
      corrupt(quote(name), ": is stored in ", record.compressed, " bytes, but has ", record.size);
    }
  }

  Bytes data_of(const Record& record) const {
    const Bytes header = at(record.offset, kLocalBytes, "an entry");
    if (number<uint32_t>(header, 0) != kLocal) {
      corrupt(quote(record.name), ": there is no entry at byte ", record.offset);
    }
    const size_t name = number<uint16_t>(header, 26), extra = number<uint16_t>(header, 28);
    const Bytes named = at(record.offset + kLocalBytes, name, "a name");
    if (record.name != std::string_view(reinterpret_cast<const char*>(named.data()), name)) {
      corrupt(quote(record.name), ": the entry at byte ", record.offset, " has another name");
    }
    return at(record.offset + kLocalBytes + name + extra, record.size, "an entry");
  }

  void check_overlaps(std::vector<Bytes>& placed) const {
    std::sort(placed.begin(), placed.end(), [](Bytes a, Bytes b) { return a.data() < b.data(); });
    for (size_t i = 1; i < placed.size(); ++i) {
      if (placed[i].data() < placed[i - 1].data() + placed[i - 1].size()) {
        corrupt("entries overlap at byte ", placed[i].data() - bytes_.data());
      }
    }
  }

  Bytes bytes_;
  const std::string& file_;
};

}  // namespace

Entries read_zip(std::span<const std::byte> bytes, const std::string& file) {
  return Archive(bytes, file).entries();
}

}  // namespace cria::pytorch
