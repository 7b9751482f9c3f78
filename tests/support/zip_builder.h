#pragma once
// Builds zip archives of stored entries for tests, as well-formed or as broken as a test wants
// them.

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "tests/support/gguf_builder.h"

namespace cria::test {

class ZipBuilder {
 public:
  struct Entry {
    std::string name, data;
    uint16_t flags = 0, method = 0;
    uint32_t attributes = 0;
    std::string local_name{};            // empty: the same
    uint32_t claimed_size = 0xfffffffe;  // that: the real one
  };

  ZipBuilder& entry(std::string name, std::string data) {
    return entry(Entry{.name = std::move(name), .data = std::move(data)});
  }
  ZipBuilder& entry(Entry entry) {
    entries_.push_back(std::move(entry));
    return *this;
  }
  // Writes sizes and places in the fields of 64 bits.
  ZipBuilder& zip64() {
    zip64_ = true;
    return *this;
  }
  ZipBuilder& comment(std::string text) {
    comment_ = std::move(text);
    return *this;
  }
  ZipBuilder& claim_entries(uint16_t count) {
    claimed_entries_ = count;
    return *this;
  }

  std::vector<std::byte> bytes() const {
    ByteWriter file, directory;
    for (const Entry& entry : entries_) {
      const size_t offset = file.size();
      const std::string& local = entry.local_name.empty() ? entry.name : entry.local_name;
      const auto size = static_cast<uint32_t>(entry.data.size());
      file.number(0x04034b50u).number<uint16_t>(20).number(entry.flags).number(entry.method);
      file.number(0u).number(0u).number(size).number(size);
      file.number(static_cast<uint16_t>(local.size())).number<uint16_t>(0);
      file.raw(local).raw(entry.data);
      add_record(directory, entry, offset);
    }
    const size_t start = file.size();
    const auto count = claimed_entries_.value_or(static_cast<uint16_t>(entries_.size()));
    file.raw(directory.bytes());
    if (zip64_) add_end64(file, start, directory.size(), count);
    file.number(0x06054b50u).number<uint16_t>(0).number<uint16_t>(0);
    file.number<uint16_t>(zip64_ ? 0xffff : count).number<uint16_t>(zip64_ ? 0xffff : count);
    file.number(zip64_ ? kIn64 : static_cast<uint32_t>(directory.size()));
    file.number(zip64_ ? kIn64 : static_cast<uint32_t>(start));
    file.number(static_cast<uint16_t>(comment_.size())).raw(comment_);
    return file.bytes();
  }

 private:
  static constexpr uint32_t kIn64 = 0xffffffff;

  void add_record(ByteWriter& out, const Entry& entry, size_t offset) const {
    const bool is_claimed = entry.claimed_size != 0xfffffffe;
    const auto size = is_claimed ? entry.claimed_size : static_cast<uint32_t>(entry.data.size());
    out.number(0x02014b50u).number<uint16_t>(20).number<uint16_t>(20);
    out.number(entry.flags).number(entry.method).number(0u).number(0u);
    out.number(zip64_ ? kIn64 : size).number(zip64_ ? kIn64 : size);
    out.number(static_cast<uint16_t>(entry.name.size())).number<uint16_t>(zip64_ ? 28 : 0);
    out.number<uint16_t>(0).number<uint16_t>(0).number<uint16_t>(0).number(entry.attributes);
    out.number(zip64_ ? kIn64 : static_cast<uint32_t>(offset)).raw(entry.name);
    if (!zip64_) return;
    out.number<uint16_t>(1).number<uint16_t>(24);
    out.number<uint64_t>(size).number<uint64_t>(size).number<uint64_t>(offset);
  }

  static void add_end64(ByteWriter& out, size_t start, size_t bytes, uint64_t count) {
    const size_t offset = out.size();
    out.number(0x06064b50u).number<uint64_t>(44).number<uint16_t>(45).number<uint16_t>(45);
    out.number(0u).number(0u).number(count).number(count);
    out.number<uint64_t>(bytes).number<uint64_t>(start);
    out.number(0x07064b50u).number(0u).number<uint64_t>(offset).number(1u);
  }

  std::vector<Entry> entries_;
  std::string comment_;
  bool zip64_ = false;
  std::optional<uint16_t> claimed_entries_;
};

}  // namespace cria::test
