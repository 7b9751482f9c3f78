// Checkpoints in one file and in many, and folders that lie about them.
#include "convert/checkpoint.h"

#include <gtest/gtest.h>

#include <filesystem>

#include "convert/source.h"
#include "convert/test_checkpoint.h"
#include "tests/support/expect_error.h"

namespace cria::convert {
namespace {

using Code = Error::Code;
using cria::test::expect_error;
using cria::test::TemporaryFolder;
using test::counting;
using test::Json;
using test::TestTensor;
namespace fs = std::filesystem;

void write(const TemporaryFolder& folder, const std::string& name,
           const std::vector<std::string>& tensors) {
  const TestTensor one = counting({2});
  std::vector<safetensors::Output> outputs;
  for (const std::string& tensor : tensors) outputs.push_back({tensor, one.shape, one.values});
  safetensors::write(folder.file(name), outputs, {});
}

void write_index(const TemporaryFolder& folder, const Json& map) {
  folder.write("model.safetensors.index.json", Json{{"weight_map", map}}.dump());
}

std::vector<std::string> names(const TemporaryFolder& folder) {
  std::vector<std::string> out;
  const auto checkpoint = Checkpoint::open(Folder(folder.path()));
  for (const StoredTensor& tensor : checkpoint->tensors()) {
    EXPECT_EQ(checkpoint->find(tensor.name), &tensor);
    out.push_back(tensor.name);
  }
  EXPECT_EQ(checkpoint->find("none"), nullptr);
  return out;
}

void expect_refused(const TemporaryFolder& folder, Code code,
                    std::initializer_list<std::string_view> parts) {
  expect_error([&] { Checkpoint::open(Folder(folder.path())); }, code, parts);
}

using Names = std::vector<std::string>;

TEST(Checkpoint, ReadsOneFile) {
  const TemporaryFolder folder;
  write(folder, "model.safetensors", {"b", "a"});
  EXPECT_EQ(names(folder), (Names{"a", "b"}));
}

TEST(Checkpoint, ReadsTheFilesOfAnIndex) {
  const TemporaryFolder folder;
  fs::create_directory(folder.path() / "part");
  write(folder, "1.safetensors", {"b"});
  write(folder, "part/2.safetensors", {"a", "c"});
  write(folder, "model-other.safetensors", {"x"});
  write_index(folder, {{"b", "1.safetensors"}, {"a", "part/2.safetensors"}});
  EXPECT_EQ(names(folder), (Names{"a", "b", "c"}));
}

TEST(Checkpoint, ReadsManyFilesWithoutAnIndex) {
  const TemporaryFolder folder;
  write(folder, "model-00001-of-00002.safetensors", {"a"});
  expect_refused(folder, Code::kNotFound, {"is one of 2 files, but there are 1"});
  write(folder, "model-00002-of-00002.safetensors", {"b"});
  EXPECT_EQ(names(folder), (Names{"a", "b"}));
}

TEST(Checkpoint, PrefersSafetensors) {
  const TemporaryFolder folder;
  folder.write("pytorch_model.bin", "no checkpoint at all");
  expect_refused(folder, Code::kCorrupt, {"pytorch_model.bin", "no PyTorch checkpoint"});
  write(folder, "model.safetensors", {"a"});
  EXPECT_EQ(names(folder), Names{"a"});
}

TEST(Checkpoint, GathersStridedTensors) {
  const TemporaryFolder folder;
  const std::vector<float> numbers{0, 1, 2, 3, 4, 5};
  const std::string raw(reinterpret_cast<const char*>(numbers.data()), 24);
  const auto bytes = cria::test::PytorchBuilder()
                         .storage("0", raw)
                         .view("t", "Float", "0", 0, {3, 2}, {1, 3})
                         .bytes();
  folder.write("pytorch_model.bin", std::span(bytes));
  const auto checkpoint = Checkpoint::open(Folder(folder.path()));
  const SourcePtr source = stored(*checkpoint->find("t"));
  std::vector<float> out(5);
  source->read(1, std::as_writable_bytes(std::span(out)));
  EXPECT_EQ(out, (std::vector<float>{3, 1, 4, 2, 5}));
}

TEST(BadCheckpoint, NamesThatLeaveTheFolderAreRefused) {
  const TemporaryFolder outside, folder;
  write(outside, "model.safetensors", {"a"});
  const std::string absolute = outside.file("model.safetensors");
  const std::string relative = fs::relative(absolute, folder.path()).string();
  for (const std::string& name : {absolute, relative, std::string("a/../../x"), std::string("."),
                                  std::string(), std::string("a\\b"), std::string("a\0b", 3)}) {
    write_index(folder, {{"a", name}});
    expect_refused(folder, Code::kInvalidArgument, {"expected one that lies in the folder"});
  }
}

TEST(BadCheckpoint, LinksThatLeaveTheFolderAreRefused) {
  const TemporaryFolder outside, folder;
  write(outside, "model.safetensors", {"a"});
  fs::create_symlink(outside.path() / "model.safetensors", folder.path() / "model.safetensors");
  expect_refused(folder, Code::kInvalidArgument, {"is a link to", "lies in the folder"});
  fs::remove(folder.path() / "model.safetensors");
  fs::create_directory_symlink(outside.path(), folder.path() / "sub");
  write_index(folder, {{"a", "sub/model.safetensors"}});
  expect_refused(folder, Code::kInvalidArgument, {"is a link to"});
}

TEST(Checkpoint, FollowsTheLinksOfACache) {
  const TemporaryFolder cache;
  const fs::path snapshot = cache.path() / "snapshots" / "1234";
  fs::create_directories(snapshot);
  fs::create_directory(cache.path() / "blobs");
  write(cache, "blobs/abcd", {"a"});
  fs::create_symlink("../../blobs/abcd", snapshot / "model.safetensors");
  EXPECT_EQ(Checkpoint::open(Folder(snapshot))->tensors().size(), 1u);
  write(cache, "elsewhere", {"a"});
  fs::remove(snapshot / "model.safetensors");
  fs::create_symlink("../../elsewhere", snapshot / "model.safetensors");
  expect_error([&] { Checkpoint::open(Folder(snapshot)); }, Code::kInvalidArgument, {"is a link"});
}

TEST(BadCheckpoint, MissingPartsAreNamed) {
  const TemporaryFolder folder;
  expect_refused(folder, Code::kNotFound, {"has no checkpoint"});
  write(folder, "1.safetensors", {"a"});
  write_index(folder, {{"a", "1.safetensors"}, {"b", "2.safetensors"}});
  expect_refused(folder, Code::kNotFound, {"\"2.safetensors\" is missing"});
  write_index(folder, {{"a", "1.safetensors"}, {"b", "1.safetensors"}});
  expect_refused(folder, Code::kCorrupt, {"index.json", "tensor \"b\" is not in"});
  write(folder, "2.safetensors", {"a"});
  write_index(folder, {{"a", "1.safetensors"}, {"x", "2.safetensors"}});
  expect_refused(folder, Code::kCorrupt,
                 {"\"a\" is in \"1.safetensors\" and in \"2.safetensors\""});
}

TEST(BadCheckpoint, IndexesThatAreNoneAreNamed) {
  const TemporaryFolder folder;
  for (const char* text : {"{}", R"({"weight_map": {}})", R"({"weight_map": 7})",
                           R"({"weight_map": {"a": 1}})", "[", R"({"weight_map": {"a": ["x"]}})"}) {
    folder.write("model.safetensors.index.json", std::string_view(text));
    expect_refused(folder, Code::kCorrupt, {"model.safetensors.index.json"});
  }
}

TEST(BadCheckpoint, OtherThingsThanFoldersAreNamed) {
  const TemporaryFolder folder;
  folder.write("file", "x");
  expect_error([&] { Folder(folder.file("file")); }, Code::kInvalidArgument, {"is no folder"});
  expect_error([&] { Folder(folder.file("none")); }, Code::kNotFound, {"no such folder"});
}

}  // namespace
}  // namespace cria::convert
