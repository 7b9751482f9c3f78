#include "registry/store.h"

#include <gtest/gtest.h>
#include <sys/stat.h>
#include <unistd.h>

#include <chrono>
#include <cstdlib>
#include <fstream>

#include "base/error.h"

namespace cria::registry {
namespace {

namespace fs = std::filesystem;

const std::string kHex = "b179c9523d0e6a0f98a330c7562b682750a6f8c8c15e5bc70ea373728110db53";
const std::string kModelType = "application/vnd.ollama.image.model";

std::string layer(const std::string& type, const std::string& digest, int64_t size) {
  return R"({"mediaType":")" + type + R"(","digest":")" + digest + R"(","size":)" +
         std::to_string(size) + "}";
}

std::string manifest(int64_t size) {
  return R"({"schemaVersion":2,"layers":[)" +
         layer("application/vnd.ollama.image.license", "sha256:" + std::string(64, '0'), 7) + "," +
         layer(kModelType, "sha256:" + kHex, size) + "]}";
}

class StoreTest : public testing::Test {
 protected:
  StoreTest() {
    std::string name = (fs::temp_directory_path() / "cria_store_XXXXXX").string();
    folder_ = mkdtemp(name.data());
  }
  ~StoreTest() override { fs::remove_all(folder_); }

  void write(const std::string& path, const std::string& text) const {
    fs::create_directories((folder_ / path).parent_path());
    std::ofstream(folder_ / path, std::ios::binary) << text;
  }
  void write_model(const std::string& path, int64_t size = 5) const {
    write("manifests/registry.ollama.ai/library/" + path, manifest(size));
    write("blobs/sha256-" + kHex, "model");
  }
  std::string refusal(const std::string& name, Error::Code code) const {
    try {
      return "found " + store().open(Name::parse(name)).file();
    } catch (const Error& error) {
      EXPECT_EQ(error.code(), code) << error.what();
      return error.what();
    }
  }
  Store store() const { return Store(folder_); }

  fs::path folder_;
};

TEST_F(StoreTest, FindsTheFileOfAModel) {
  write_model("tiny/1b");
  EXPECT_EQ(store().open(Name::parse("tiny:1b")).file(), folder_ / "blobs" / ("sha256-" + kHex));
}

TEST_F(StoreTest, LooksUpWithoutRegardToCase) {
  write_model("Tiny/1B");
  EXPECT_NO_THROW(store().open(Name::parse("Library/tINY:1b")).file());
}

TEST_F(StoreTest, SaysWhatIsThereWhenAModelIsNot) {
  EXPECT_EQ(refusal("tiny", Error::Code::kNotFound),
            "model tiny:latest is not in " + folder_.string() +
                ": no model is there yet, give the path of a GGUF file or set CRIA_MODELS");
  write_model("tiny/1b");
  EXPECT_EQ(refusal("tiny", Error::Code::kNotFound),
            "model tiny:latest is not in " + folder_.string() + ": there are tiny:1b");
  for (int i = 0; i < 11; ++i) write_model(concat("m", i, "/x"));
  EXPECT_NE(refusal("tiny", Error::Code::kNotFound).find(" and 2 more"), std::string::npos);
}

TEST_F(StoreTest, IsCorruptWithoutTheBlobOrWithAnotherSize) {
  write_model("tiny/1b", 6);
  EXPECT_EQ(refusal("tiny:1b", Error::Code::kCorrupt),
            "manifest of tiny:1b: blob sha256-" + kHex + " has 5 bytes, expected 6");
  fs::remove(folder_ / "blobs" / ("sha256-" + kHex));
  EXPECT_EQ(refusal("tiny:1b", Error::Code::kCorrupt),
            "manifest of tiny:1b: blob sha256-" + kHex + " is not there");
}

TEST_F(StoreTest, NamesTheManifestThatIsBroken) {
  write("manifests/registry.ollama.ai/library/a/x", "{");
  EXPECT_EQ(refusal("a:x", Error::Code::kCorrupt), "manifest of a:x: not a JSON object");
  write("manifests/registry.ollama.ai/library/b/x", "");
  EXPECT_EQ(refusal("b:x", Error::Code::kCorrupt), "manifest of b:x: empty or unreadable");
  fs::create_directories(folder_ / "manifests/registry.ollama.ai/library/c/x");
  EXPECT_EQ(refusal("c:x", Error::Code::kCorrupt), "manifest of c:x: not a regular file");
  write("manifests/registry.ollama.ai/library/d/x", R"({"layers":[]})");
  EXPECT_EQ(refusal("d:x", Error::Code::kUnsupported),
            "model d:x: its manifest has 0 layers of type application/vnd.ollama.image.model, "
            "expected one (a GGUF file)");
  write("manifests/registry.ollama.ai/library/e/x",
        R"({"layers":[)" + layer(kModelType, "sha256:../../../../../../../etc/passwd", 1) + "]}");
  EXPECT_EQ(refusal("e:x", Error::Code::kCorrupt),
            "manifest of e:x: a digest is \"sha256:../../../../../../../etc/passwd\", expected "
            "sha256: and 64 of 0-9a-f");
}

TEST_F(StoreTest, DoesNotWaitForAPipe) {
  fs::create_directories(folder_ / "manifests/registry.ollama.ai/library/p");
  ASSERT_EQ(mkfifo((folder_ / "manifests/registry.ollama.ai/library/p/x").c_str(), 0600), 0);
  EXPECT_EQ(refusal("p:x", Error::Code::kCorrupt), "manifest of p:x: not a regular file");
}

TEST_F(StoreTest, ListsTheNewestFirstWithSizesAndIds) {
  write_model("old/1b");
  write("manifests/hf.co/me/new/q8", manifest(100));
  const auto now = fs::file_time_type::clock::now();
  fs::last_write_time(folder_ / "manifests/registry.ollama.ai/library/old/1b",
                      now - std::chrono::hours(1));
  fs::last_write_time(folder_ / "manifests/hf.co/me/new/q8", now);
  const std::vector<Entry> found = store().list();
  ASSERT_EQ(found.size(), 2u);
  EXPECT_EQ(found[0].name, "hf.co/me/new:q8");
  EXPECT_EQ(found[0].size, 107);
  EXPECT_EQ(found[0].modified, now);
  EXPECT_EQ(found[1].name, "old:1b");
  EXPECT_EQ(found[1].size, 12);
  EXPECT_EQ(found[1].id.size(), 64u);
}

TEST_F(StoreTest, ListsWhatIsRightBesideWhatIsBroken) {
  write_model("good/1b");
  write("manifests/registry.ollama.ai/library/bad/x", "{");
  write("manifests/registry.ollama.ai/library/bad name/x", manifest(1));
  write("manifests/registry.ollama.ai/library/.partial/x", "{");
  write("manifests/registry.ollama.ai/stray", "{");
  fs::create_directory_symlink(folder_ / "manifests",
                               folder_ / "manifests/registry.ollama.ai/library/good/loop");
  std::vector<std::string> problems;
  const std::vector<Entry> found = store().list(&problems);
  ASSERT_EQ(found.size(), 1u);
  EXPECT_EQ(found[0].name, "good:1b");
  ASSERT_EQ(problems.size(), 3u);
  EXPECT_EQ(problems[0], "manifest \"registry.ollama.ai/library/bad:x\": not a JSON object");
  EXPECT_TRUE(problems[1].starts_with(
      "manifest \"registry.ollama.ai/library/bad name:x\": model name: the model is \"bad name\""))
      << problems[1];
  EXPECT_EQ(problems[2], "manifest \"registry.ollama.ai/library/good:loop\": not a regular file");
}

TEST_F(StoreTest, IsEmptyWhenItsFolderIsNotThere) {
  std::vector<std::string> problems;
  EXPECT_TRUE(Store(folder_ / "nowhere").list(&problems).empty());
  EXPECT_TRUE(problems.empty());
}

TEST(Store, IsWhereTheEnvironmentSays) {
  setenv("HOME", "/home/someone", 1);
  setenv("OLLAMA_MODELS", "/models/ollama", 1);
  setenv("CRIA_MODELS", "/models/cria", 1);
  EXPECT_EQ(Store::default_folder(), "/models/cria");
  setenv("CRIA_MODELS", "", 1);
  EXPECT_EQ(Store::default_folder(), "/models/ollama");
  unsetenv("OLLAMA_MODELS");
  EXPECT_EQ(Store::default_folder(), "/home/someone/.ollama/models");
  unsetenv("HOME");
  EXPECT_THROW(Store::default_folder(), Error);
}

}  // namespace
}  // namespace cria::registry
