#include <gtest/gtest.h>
#include <sys/stat.h>

#include <cstdlib>

#include "registry/layer_json.h"
#include "registry/store.h"
#include "tests/support/expect_error.h"
#include "tests/support/temporary_folder.h"

namespace cria::registry {
namespace {

namespace fs = std::filesystem;
using Code = Error::Code;
using test::expect_error;

Name name(const char* text) { return Name::parse(text); }

class StoreChanges : public testing::Test {
 protected:
  // A model whose "file" and system text are as given.
  std::optional<Manifest> write(const char* model, const char* file, const char* system) const {
    const StoreLock lock = store_.share();
    const Blob a = store_.blobs().add(file), b = store_.blobs().add(system);
    return store_.write(name(model), {.layers = {{std::string(kModelLayer), a.hex, a.size},
                                                 {std::string(kSystemLayer), b.hex, b.size}},
                                      .config = {}});
  }
  size_t blobs() const {
    const fs::directory_iterator begin(folder_.path() / "blobs");
    return static_cast<size_t>(std::distance(begin, fs::directory_iterator()));
  }
  std::string system(const char* model) const {
    return store_.open(name(model)).text(kSystemLayer).value_or("none");
  }

  test::TemporaryFolder folder_;
  Store store_{folder_.path()};
};

TEST_F(StoreChanges, WritesWhatOpens) {
  EXPECT_FALSE(write("tiny:1b", "file", "Be kind."));
  EXPECT_EQ(system("tiny:1b"), "Be kind.");
  const std::string path = folder_.file("manifests/registry.ollama.ai/library/tiny/1b");
  struct stat status {};
  ASSERT_EQ(::stat(path.c_str(), &status), 0);
  EXPECT_EQ(status.st_mode & 07777, 0644u);
  const auto replaced = write("tiny:1b", "other", "Be brief.");
  ASSERT_TRUE(replaced);
  EXPECT_EQ(blobs(), 4u);
  store_.discard(*replaced);
  EXPECT_EQ(blobs(), 2u);
  EXPECT_EQ(system("tiny:1b"), "Be brief.");
}

TEST_F(StoreChanges, KeepsTheLettersOfANameThatIsThere) {
  write("Me/Tiny:Q8", "file", "a");
  write("me/tiny:q8", "file", "b");
  write("ME/TINY:f16", "file", "c");
  const std::vector<Entry> found = store_.list();
  ASSERT_EQ(found.size(), 2u);
  EXPECT_EQ(found[0].name, "Me/Tiny:f16");
  EXPECT_EQ(found[1].name, "Me/Tiny:Q8");
  EXPECT_EQ(system("me/tiny:q8"), "b");
}

TEST_F(StoreChanges, FindsATagInAnyOfTheFoldersThatDifferInCase) {
  write("tiny:a", "file", "a");
  fs::create_directories(folder_.path() / "manifests/registry.ollama.ai/library/Tiny");
  fs::copy(folder_.file("manifests/registry.ollama.ai/library/tiny/a"),
           folder_.file("manifests/registry.ollama.ai/library/Tiny/b"));
  EXPECT_EQ(system("Tiny:a"), "a");
  EXPECT_EQ(system("tiny:B"), "a");
}

TEST_F(StoreChanges, RefusesManifestsOfBlobsThatAreNotThere) {
  const Layer layer{std::string(kModelLayer), std::string(64, 'a'), 3};
  expect_error([&] { store_.write(name("a"), {.layers = {layer}, .config = {}}); }, Code::kCorrupt,
               {"went away"});
  EXPECT_FALSE(store_.contains(name("a")));
}

TEST_F(StoreChanges, CopiesTheManifest) {
  write("a", "file", "x");
  write("b", "other", "y");
  store_.copy(name("a"), name("b"));
  EXPECT_EQ(system("b"), "x");
  EXPECT_EQ(store_.open(name("a")).id(), store_.open(name("b")).id());
  EXPECT_EQ(blobs(), 2u);
  store_.copy(name("a"), name("A"));
  EXPECT_EQ(store_.list().size(), 2u);
  expect_error([&] { store_.copy(name("c"), name("d")); }, Code::kNotFound, {"c:latest"});
}

TEST_F(StoreChanges, RemovesAModelAndWhatOnlyItHad) {
  write("a", "file", "x");
  write("b", "file", "y");
  store_.remove(name("A"));
  EXPECT_EQ(store_.list().size(), 1u);
  EXPECT_EQ(blobs(), 2u);
  EXPECT_EQ(system("b"), "y");
  EXPECT_FALSE(fs::exists(folder_.path() / "manifests/registry.ollama.ai/library/a"));
  store_.remove(name("b"));
  EXPECT_EQ(blobs(), 0u);
  EXPECT_FALSE(fs::exists(folder_.path() / "manifests/registry.ollama.ai"));
  expect_error([&] { store_.remove(name("b")); }, Code::kNotFound, {"b:latest"});
}

TEST_F(StoreChanges, LeavesBlobsWhileSomebodyWrites) {
  write("a", "file", "x");
  {
    const StoreLock lock = store_.share();
    store_.remove(name("a"));
    EXPECT_EQ(blobs(), 2u);
  }
  EXPECT_TRUE(store_.list().empty());
}

TEST_F(StoreChanges, RemovesNoBlobsWhenAManifestCannotBeRead) {
  write("a", "file", "x");
  fs::create_directories(folder_.path() / "manifests/registry.ollama.ai/library/b");
  folder_.write("manifests/registry.ollama.ai/library/b/x", "{");
  store_.remove(name("a"));
  EXPECT_EQ(blobs(), 2u);
  store_.remove(name("b:x"));
  EXPECT_TRUE(store_.list().empty());
}

TEST_F(StoreChanges, PrunesWhatIsOldAndNobodys) {
  using std::chrono::seconds;
  EXPECT_EQ(store_.prune(seconds(-1)), 0u);
  write("a", "file", "x");
  store_.blobs().add("nobody's");
  folder_.write("blobs/.cria-1-1", "half");
  folder_.write("manifests/.cria-1-1", "half");
  folder_.write("blobs/sha256-partial", "another program's");
  EXPECT_EQ(store_.prune(), 0u);
  {
    const StoreLock lock = store_.share();
    EXPECT_EQ(store_.prune(seconds(-1)), 0u);
  }
  EXPECT_EQ(Store(store_.folder(), Pruning::kOff).prune(seconds(-1)), 0u);
  setenv("OLLAMA_NOPRUNE", "1", 1);
  EXPECT_EQ(store_.prune(seconds(-1)), 0u);
  unsetenv("OLLAMA_NOPRUNE");
  EXPECT_EQ(store_.prune(seconds(-1)), 3u);
  EXPECT_EQ(blobs(), 3u);
  EXPECT_EQ(system("a"), "x");
}

TEST(Parameters, KeepTheirTypesInJson) {
  const modelfile::Parameters parameters = parse_parameters(
      R"({"temperature":1,"top_k":20.0,"stop":"x","use_mmap":true,"new":[ "a" ],"newer":1.5})");
  EXPECT_EQ(parameters, (modelfile::Parameters{{"temperature", 1.0},
                                               {"top_k", int64_t{20}},
                                               {"stop", std::vector<std::string>{"x"}},
                                               {"use_mmap", true},
                                               {"new", std::vector<std::string>{"a"}},
                                               {"newer", 1.5}}));
  EXPECT_EQ(
      parameters_json(parameters),
      R"({"new":["a"],"newer":1.5,"stop":["x"],"temperature":1.0,"top_k":20,"use_mmap":true})");
  for (const char* bad : {"", "[]", R"({"top_k":"1"})", R"({"top_k":1.5})", R"({"stop":[1]})",
                          R"({"x":null})", R"({"x":{}})", R"({"seed":18446744073709551615})"})
    expect_error([&] { parse_parameters(bad); }, Code::kCorrupt, {"parameter"});
}

TEST(Messages, ReadBackWhatTheyWrite) {
  const std::vector<modelfile::Message> messages{{"user", "Hi \"there\""}, {"assistant", ""}};
  EXPECT_EQ(messages_json(messages),
            R"([{"role":"user","content":"Hi \"there\""},{"role":"assistant","content":""}])");
  EXPECT_EQ(parse_messages(messages_json(messages)), messages);
  for (const char* bad : {"", "{}", "[1]", R"([{"role":"user"}])", R"([{"role":1,"content":""}])"})
    expect_error([&] { parse_messages(bad); }, Code::kCorrupt, {"message"});
}

TEST(ModelConfig, ReadsBackWhatItWrites) {
  const ModelConfig config{.format = "gguf",
                           .family = "llama",
                           .families = {"llama", "clip"},
                           .parameter_size = "8.0B",
                           .quantization = "Q4_K_M",
                           .renderer = "r",
                           .parser = "p",
                           .required = "0.1.2",
                           .digests = {std::string(64, 'a')}};
  const ModelConfig read = ModelConfig::parse(config.text());
  EXPECT_EQ(read.families, config.families);
  EXPECT_EQ(read.parameter_size, "8.0B");
  EXPECT_EQ(read.required, "0.1.2");
  EXPECT_EQ(ModelConfig::parse(R"({"model_families":null})").families.size(), 0u);
  for (const char* bad : {"", "[]", R"({"model_family":1})", R"({"model_families":[1]})"})
    EXPECT_THROW(ModelConfig::parse(bad), Error);
}

TEST(ParameterSize, IsAsModelConfigsSayIt) {
  EXPECT_EQ(parameter_size(8030261248), "8.0B");
  EXPECT_EQ(parameter_size(8000000000), "8B");
  EXPECT_EQ(parameter_size(134515008), "134.52M");
  EXPECT_EQ(parameter_size(134500000), "134.50M");
  EXPECT_EQ(parameter_size(1000000), "1M");
  EXPECT_EQ(parameter_size(260032), "260K");
  EXPECT_EQ(parameter_size(999), "999");
}

}  // namespace
}  // namespace cria::registry
