// What one engine knew of prompts, in the next one: the same tokens, computed or read back.

#include "serving/kept_prefixes.h"

#include <gtest/gtest.h>
#include <sys/stat.h>

#include <filesystem>
#include <fstream>

#include "base/error.h"
#include "runner/engine.h"
#include "runner/test_llama.h"
#include "serving/prefix_file.h"
#include "tests/support/expect_error.h"
#include "tests/support/temporary_folder.h"

namespace cria::serving {
namespace {

namespace fs = std::filesystem;
using runner::Ids;

struct KeptPrefixesTest : testing::Test {
  std::unique_ptr<model::Executor> make_executor(
      const std::pair<ml::DType, ml::DType>& types = {ml::DType::kF16, ml::DType::kF16},
      int64_t context = 128) const {
    model::ExecutorOptions options;
    options.backend = "cpu";
    options.cache = {.key_type = types.first,
                     .value_type = types.second,
                     .tokens = 256,
                     .sequences = 2,
                     .context = context,
                     .block_size = 16};
    options.max_tokens = 32;
    options.max_outputs = 2;
    return llama_.executor(options);
  }

  runner::Result ask(model::Executor& executor, const std::string& prompt) const {
    runner::Engine engine(executor, tokenizer_);
    runner::Request request{.prompt = runner::ids_of(prompt), .max_tokens = 20};
    request.sampling.seed = 3;
    const runner::Result result = engine.submit(std::move(request)).wait();
    EXPECT_EQ(result.error, "");
    return result;
  }

  // Of an engine that begins with what the folder holds.
  runner::Result ask_restored(const std::string& weights = "w") const {
    const auto executor = make_executor();
    kept_.restore(weights, *executor);
    return ask(*executor, kPrompt);
  }

  fs::path file() const {
    std::vector<fs::path> files;
    for (const auto& entry : fs::directory_iterator(folder_)) files.push_back(entry.path());
    EXPECT_EQ(files.size(), 1u);
    return files.empty() ? "" : files[0];
  }

  // Keeps what an engine knows of the prompt; what it said.
  Ids remember(const std::string& weights = "w") const {
    const auto executor = make_executor();
    const runner::Result result = ask(*executor, kPrompt);
    EXPECT_EQ(result.cached_tokens, 0);
    kept_.keep(weights, *executor);
    return result.tokens;
  }

  const std::string kPrompt =
      "a prompt that has more than two blocks of sixteen tokens, of which all but one are known";
  const runner::RandomLlama llama_{128};
  const runner::ByteTokenizer tokenizer_;
  const test::TemporaryFolder temporary_;
  const fs::path folder_ = fs::path(temporary_.path()) / "kept";
  const KeptPrefixes kept_{folder_, 1 << 30};
};

TEST_F(KeptPrefixesTest, SaveComputationsAndChangeNoAnswer) {
  const Ids said = remember();
  const runner::Result result = ask_restored();
  EXPECT_EQ(result.cached_tokens, std::ssize(kPrompt) - 1);
  EXPECT_EQ(result.tokens, said);
  struct stat status = {};
  ASSERT_EQ(::stat(file().c_str(), &status), 0);
  EXPECT_EQ(status.st_mode & 0777, 0600u);
  ASSERT_EQ(::stat(folder_.c_str(), &status), 0);
  EXPECT_EQ(status.st_mode & 0777, 0700u);
}

TEST_F(KeptPrefixesTest, AreTheSameInEachTypeOfCache) {
  using ml::DType;
  for (const auto& types :
       {std::pair(DType::kF32, DType::kF32), std::pair(DType::kQ8_0, DType::kQ8_0),
        std::pair(DType::kBF16, DType::kF16)}) {
    const auto first = make_executor(types), second = make_executor(types);
    const Ids said = ask(*first, kPrompt).tokens;
    kept_.keep("w", *first);
    kept_.restore("w", *second);
    const runner::Result result = ask(*second, kPrompt);
    EXPECT_EQ(result.cached_tokens, std::ssize(kPrompt) - 1);
    EXPECT_EQ(result.tokens, said);
  }
}

TEST_F(KeptPrefixesTest, AreNotThoseOfOtherModelsTypesOrContexts) {
  remember();
  EXPECT_EQ(ask_restored("other").cached_tokens, 0);
  const auto exact = make_executor({ml::DType::kF32, ml::DType::kF16});
  const auto longer = make_executor({ml::DType::kF16, ml::DType::kF16}, 256);
  for (model::Executor* executor : {exact.get(), longer.get()}) {
    kept_.restore("w", *executor);
    EXPECT_EQ(ask(*executor, kPrompt).cached_tokens, 0);
  }
  // Nor under another's name.
  fs::rename(file(), folder_ / (prefix_fingerprint("other", *exact) + ".prefixes"));
  const auto fresh = make_executor({ml::DType::kF32, ml::DType::kF16});
  kept_.restore("other", *fresh);
  EXPECT_EQ(ask(*fresh, kPrompt).cached_tokens, 0);
  EXPECT_TRUE(fs::is_empty(folder_));
}

std::string content_of(const fs::path& path) {
  std::ifstream in(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(in), {}};
}

void set_content(const fs::path& path, const std::string& content) {
  std::ofstream(path, std::ios::binary) << content;
}

TEST_F(KeptPrefixesTest, ThatWereSpoiltChangeNoAnswerAndAreRemoved) {
  const Ids said = remember();
  const fs::path path = file();
  const std::string good = content_of(path);
  const auto executor = make_executor();
  const std::string fingerprint = prefix_fingerprint("w", *executor);
  const auto try_it = [&](const std::string& spoilt) {
    set_content(path, spoilt);
    const auto fresh = make_executor();
    test::expect_error([&] { read_prefixes(path, fingerprint, fresh->cache()); },
                       Error::Code::kCorrupt, {path.string()});
    const runner::Result result = ask_restored();
    EXPECT_EQ(result.tokens, said);
    EXPECT_FALSE(fs::exists(path));
  };
  for (size_t i = 0; i < 20; ++i) {
    try_it(good.substr(0, good.size() * i / 20));
    std::string flipped = good;
    flipped[good.size() * i / 20 + i] ^= static_cast<char>(1 << i % 8);
    try_it(flipped);
  }
  try_it(good.substr(0, good.size() - 1));
  try_it(good + "x");
  // The head of the first block: what it follows, how many tokens, which layers.
  const size_t head = std::string("cria prefixes 1\n").size() + 64;
  for (size_t i = 0; i < 16; ++i) {
    std::string huge = good;
    huge[head + i] = '\x7f';
    try_it(huge);
  }
}

TEST_F(KeptPrefixesTest, AreOnlyReadFromRegularFiles) {
  remember();
  const fs::path path = file();
  const fs::path elsewhere = fs::path(temporary_.path()) / "elsewhere";
  fs::rename(path, elsewhere);
  fs::create_symlink(elsewhere, path);
  EXPECT_EQ(ask_restored().cached_tokens, 0);
  EXPECT_FALSE(fs::exists(fs::symlink_status(path)));
  EXPECT_TRUE(fs::exists(elsewhere));
  ASSERT_EQ(::mkfifo(path.c_str(), 0600), 0);
  EXPECT_EQ(ask_restored().cached_tokens, 0);
}

TEST_F(KeptPrefixesTest, TakeOnlySoManyBytes) {
  remember("a");
  const auto size = static_cast<int64_t>(fs::file_size(file()));
  const KeptPrefixes two(folder_, 2 * size);
  for (const std::string weights : {"b", "c"}) {
    const auto executor = make_executor();
    ask(*executor, kPrompt);
    two.keep(weights, *executor);
    for (const auto& entry : fs::directory_iterator(folder_)) {
      fs::last_write_time(entry, entry.last_write_time() - std::chrono::hours(1));
    }
  }
  EXPECT_EQ(ask_restored("a").cached_tokens, 0) << "the oldest";
  EXPECT_GT(ask_restored("b").cached_tokens, 0);
  EXPECT_GT(ask_restored("c").cached_tokens, 0);
  // Of one model what was used last.
  fs::remove_all(folder_);
  const auto executor = make_executor();
  ask(*executor, "something else, that was asked for first and then was not asked for any more");
  ask(*executor, kPrompt);
  KeptPrefixes(folder_, size).keep("w", *executor);
  EXPECT_LE(static_cast<int64_t>(fs::file_size(file())), size);
  EXPECT_GT(ask_restored().cached_tokens, 64);
}

TEST_F(KeptPrefixesTest, AreDoneWithoutWhereNothingCanBeWritten) {
  set_content(folder_, "no folder");
  const auto executor = make_executor();
  const Ids said = ask(*executor, kPrompt).tokens;
  kept_.keep("w", *executor);
  EXPECT_EQ(ask_restored().tokens, said);
}

}  // namespace
}  // namespace cria::serving
