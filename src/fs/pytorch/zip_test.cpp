// Archives that are as they should be, and archives that are not.
#include "fs/pytorch/zip.h"

#include <gtest/gtest.h>

#include "tests/support/expect_error.h"
#include "tests/support/zip_builder.h"

namespace cria::pytorch {
namespace {

using Code = Error::Code;
using test::expect_error;
using test::ZipBuilder;
using Entry = ZipBuilder::Entry;

std::string text(std::span<const std::byte> bytes) {
  return {reinterpret_cast<const char*>(bytes.data()), bytes.size()};
}

void expect_refused(const std::vector<std::byte>& bytes, Code code,
                    std::initializer_list<std::string_view> parts) {
  expect_error([&] { read_zip(bytes, "x.zip"); }, code, parts);
}
void expect_refused(const Entry& entry, Code code, std::initializer_list<std::string_view> parts) {
  expect_refused(ZipBuilder().entry(entry).bytes(), code, parts);
}

TEST(Zip, FindsEntries) {
  const auto bytes = ZipBuilder().entry("a/b", "data").entry("c", "").bytes();
  const Entries entries = read_zip(bytes, "x.zip");
  ASSERT_EQ(entries.size(), 2u);
  EXPECT_EQ(text(entries.at("a/b")), "data");
  EXPECT_EQ(text(entries.at("c")), "");
  EXPECT_TRUE(read_zip(ZipBuilder().bytes(), "x.zip").empty());
}

TEST(Zip, ReadsFieldsOf64Bits) {
  const auto bytes = ZipBuilder().zip64().entry("a", "data").entry("b", "more").bytes();
  EXPECT_EQ(text(read_zip(bytes, "x.zip").at("b")), "more");
}

TEST(Zip, SkipsAComment) {
  const auto bytes = ZipBuilder().entry("a", "data").comment("made by hand").bytes();
  EXPECT_EQ(text(read_zip(bytes, "x.zip").at("a")), "data");
}

TEST(Zip, RefusesNamesThatLeaveTheirFolder) {
  for (const char* name : {"../a", "a/../../b", "a/..", "/etc/passwd", "a\\b", ".."}) {
    expect_refused(Entry{.name = name, .data = "x"}, Code::kCorrupt, {"x.zip", "stays inside"});
  }
  EXPECT_EQ(read_zip(ZipBuilder().entry("a/..b/c..", "x").bytes(), "x.zip").size(), 1u);
}

TEST(Zip, RefusesLinks) {
  expect_refused(Entry{.name = "a", .data = "b", .attributes = 0120777u << 16}, Code::kCorrupt,
                 {"\"a\" is a symbolic link"});
}

TEST(Zip, RefusesCompressedAndEncryptedEntries) {
  expect_refused(Entry{.name = "a", .data = "b", .method = 8}, Code::kUnsupported,
                 {"compressed (method 8)"});
  expect_refused(Entry{.name = "a", .data = "b", .flags = 1}, Code::kUnsupported, {"encrypted"});
}

TEST(Zip, RefusesEntriesThatContradictThemselves) {
  expect_refused(Entry{.name = "a", .data = "b", .local_name = "z"}, Code::kCorrupt,
                 {"another name"});
  expect_refused(Entry{.name = "a", .data = "b", .claimed_size = 1000}, Code::kCorrupt,
                 {"truncated"});
  expect_refused(ZipBuilder().entry("a", "b").entry("a", "c").bytes(), Code::kCorrupt,
                 {"\"a\" is there twice"});
  expect_refused(ZipBuilder().entry("a", "b").claim_entries(2).bytes(), Code::kCorrupt,
                 {"announces 2 entries"});
}

TEST(Zip, RefusesEntriesThatOverlap) {
  const Entry long_one{.name = "a", .data = "b", .claimed_size = 40};
  expect_refused(ZipBuilder().entry(long_one).entry("c", "d").bytes(), Code::kCorrupt, {"overlap"});
}

TEST(Zip, SurvivesTruncationAtEveryByte) {
  for (const bool zip64 : {false, true}) {
    ZipBuilder builder;
    builder.entry("a", "some data").entry("b", "more");
    if (zip64) builder.zip64();
    const std::vector<std::byte> bytes = builder.bytes();
    for (size_t size = 0; size < bytes.size(); ++size) {
      const std::vector<std::byte> cut(bytes.begin(), bytes.begin() + static_cast<long>(size));
      expect_refused(cut, Code::kCorrupt, {"x.zip"});
    }
  }
}

TEST(Zip, SurvivesEveryByteBeingAnother) {
  const std::vector<std::byte> bytes = ZipBuilder().zip64().entry("a", "data").bytes();
  for (size_t i = 0; i < bytes.size(); ++i) {
    for (const int value : {0x00, 0x01, 0x7f, 0x80, 0xff}) {
      std::vector<std::byte> damaged = bytes;
      damaged[i] = static_cast<std::byte>(value);
      try {
        read_zip(damaged, "x.zip");
      } catch (const Error&) {
      }
    }
  }
}

}  // namespace
}  // namespace cria::pytorch
