// What the executor promises beyond the right logits: memory at load, none later; named results;
// broken files refused.

#include <gtest/gtest.h>

#include <atomic>
#include <cstdlib>
#include <new>

#include "model/executor.h"
#include "model/loading.h"
#include "tests/support/expect_error.h"
#include "tests/support/gguf_builder.h"
#include "tests/support/map_config.h"

namespace {
std::atomic<int64_t> allocations{0};
}  // namespace

// Every allocation of this program is counted.
[[gnu::noinline]] void* operator new(size_t bytes) {
  ++allocations;
  void* memory = std::malloc(bytes ? bytes : 1);
  if (!memory) throw std::bad_alloc();
  return memory;
}
[[gnu::noinline]] void* operator new(size_t bytes, const std::nothrow_t&) noexcept {
  ++allocations;
  return std::malloc(bytes ? bytes : 1);
}
[[gnu::noinline]] void operator delete(void* memory) noexcept { std::free(memory); }
[[gnu::noinline]] void operator delete(void* memory, size_t) noexcept { std::free(memory); }

namespace cria::model {
namespace {

const std::map<std::string, double> kNumbers = {{"vocab_size", 33},
                                                {"embedding_length", 32},
                                                {"feed_forward_length", 48},
                                                {"block_count", 2},
                                                {"attention.head_count", 2},
                                                {"attention.head_count_kv", 1},
                                                {"attention.layer_norm_rms_epsilon", 1e-5},
                                                {"context_length", 64}};

const MapConfig& dense() {
  static const MapConfig config("llama", {kNumbers.begin(), kNumbers.end()});
  return config;
}

struct Invented {
  explicit Invented(const MapConfig& config = dense()) : model(make_model(config)) {
    RandomBinder binder(3, ml::DType::kQ8_0);
    model->bind(binder);
    nodes = binder.finish();
    data = binder.take_data();
    for (const ml::Node& node : nodes) list.push_back(&node);
  }
  std::unique_ptr<Model> model;
  WeightNodes nodes;
  std::deque<std::vector<std::byte>> data;
  std::vector<const ml::Node*> list;
};

ExecutorOptions small() {
  ExecutorOptions options;
  options.backend = "cpu";
  options.backend_options.threads = 2;
  options.cache = {.tokens = 64};
  options.max_tokens = 16;
  return options;
}

// Which thread does what differs from pass to pass, so that one pass before the count has to be
// enough for all of them.
void expect_no_allocations(const MapConfig& config) {
  const Invented invented(config);
  Executor executor(*invented.model, invented.list, small());
  const kvcache::Sequence sequence = executor.cache().open().value();
  const int32_t token = 5, output = 0;
  const auto decode = [&] {
    if (executor.cache().reserve(sequence, 1) != kvcache::Cache::Outcome::kOk) std::abort();
    executor.run({.tokens = {&token, 1}, .sequences = {&sequence, 1}, .outputs = {&output, 1}});
  };
  decode();
  const int64_t before = allocations;
  for (int i = 0; i < 50; ++i) decode();
  EXPECT_EQ(allocations - before, 0);
}

TEST(Executor, AllocatesNothingAndBuildsNoGraphWhileItDecodes) { expect_no_allocations(dense()); }

TEST(Executor, AllocatesNothingWhileTokensChooseExperts) {
  std::map<std::string, Numbers> numbers(kNumbers.begin(), kNumbers.end());
  numbers["expert_count"] = 8;
  numbers["expert_used_count"] = 3;
  numbers["expert_feed_forward_length"] = 32;
  expect_no_allocations(MapConfig("qwen3moe", numbers));
}

TEST(Executor, AllocatesNothingWhileLayersKeepStates) {
  std::map<std::string, Numbers> numbers(kNumbers.begin(), kNumbers.end());
  numbers["attention.head_count_kv"] = {0, 1};
  numbers["shortconv.l_cache"] = 32;  // whole blocks, so that the kernels are quantised too
  expect_no_allocations(MapConfig("lfm2", numbers));
}

TEST(Executor, AllocatesNothingForAnyNumberOfSequencesThatDecode) {
  constexpr size_t kSequences = 40;
  const Invented invented;
  ExecutorOptions options = small();
  options.cache = {.tokens = 40 * 64, .sequences = kSequences, .context = 64};
  options.max_tokens = options.max_outputs = kSequences;
  Executor executor(*invented.model, invented.list, options);
  std::vector<kvcache::Sequence> sequences;
  std::vector<int32_t> tokens, outputs;
  for (size_t i = 0; i < kSequences; ++i) {
    sequences.push_back(executor.cache().open().value());
    tokens.push_back(static_cast<int32_t>(i % 33));
    outputs.push_back(static_cast<int32_t>(i));
  }
  const auto decode = [&](size_t count) {
    for (size_t i = 0; i < count; ++i) {
      if (executor.cache().reserve(sequences[i], 1) != kvcache::Cache::Outcome::kOk) std::abort();
    }
    executor.run({.tokens = std::span(tokens).first(count),
                  .sequences = std::span(sequences).first(count),
                  .outputs = std::span(outputs).first(count)});
  };
  for (size_t count = 1; count <= kSequences; ++count) decode(count);
  EXPECT_LE(executor.plans(), 26u) << "shapes are rounded up";
  for (const kvcache::Sequence sequence : sequences) {
    ASSERT_TRUE(executor.cache().truncate(sequence, 0));
  }
  const int64_t before = allocations;
  for (size_t count = 1; count <= kSequences; ++count) decode(count);
  EXPECT_EQ(allocations - before, 0);
}

TEST(Executor, GivesHiddenStatesOfAnyRowsInsteadOfLogits) {
  const Invented invented;
  ExecutorOptions options = small();
  options.hidden = true;
  Executor executor(*invented.model, invented.list, options);
  options.trace = true;
  Executor tracing(*invented.model, invented.list, options);
  const std::vector<int32_t> tokens = {1, 2, 3};
  const int32_t outputs[] = {0, 1, 2};
  const auto run = [&](Executor& each) {
    const kvcache::Sequence sequence = each.cache().open().value();
    EXPECT_EQ(each.cache().reserve(sequence, 3), kvcache::Cache::Outcome::kOk);
    const std::vector<kvcache::Sequence> sequences(3, sequence);
    return each.run({.tokens = tokens, .sequences = sequences, .outputs = outputs, .hidden = true});
  };
  const auto rows = run(executor);
  ASSERT_EQ(rows.size(), 3u * 32u);
  run(tracing);
  EXPECT_TRUE(std::ranges::equal(rows, tracing.trace().back().values));
}

TEST(Executor, RefusesTokensThatAreNotInTheVocabulary) {
  const Invented invented;
  Executor executor(*invented.model, invented.list, small());
  const kvcache::Sequence sequence = executor.cache().open().value();
  ASSERT_EQ(executor.cache().reserve(sequence, 1), kvcache::Cache::Outcome::kOk);
  const int32_t token = 33, output = 0;
  test::expect_error(
      [&] {
        executor.run({.tokens = {&token, 1}, .sequences = {&sequence, 1}, .outputs = {&output, 1}});
      },
      Error::Code::kInvalidArgument, {"token id 33", "0 to 32"});
  EXPECT_EQ(executor.cache().length(sequence), 0);
}

TEST(Executor, SaysAtLoadThatMemoryIsLacking) {
  const Invented invented;
  ExecutorOptions options = small();
  options.cache.tokens = int64_t{1} << 40;
  test::expect_error([&] { Executor(*invented.model, invented.list, options); },
                     Error::Code::kOutOfMemory, {"keys.0", "MiB"});
}

TEST(Executor, CanBeCancelledWhileItLoads) {
  const Invented invented;
  test::expect_error(
      [&] {
        Executor(*invented.model, invented.list, small(), [](uint64_t, uint64_t) { return false; });
      },
      Error::Code::kCancelled, {"cancelled"});
}

TEST(Executor, KeepsNamedResultsWhenTraced) {
  const Invented invented;
  ExecutorOptions options = small();
  options.trace = true;
  Executor executor(*invented.model, invented.list, options);
  const kvcache::Sequence sequence = executor.cache().open().value();
  ASSERT_EQ(executor.cache().reserve(sequence, 1), kvcache::Cache::Outcome::kOk);
  const int32_t token = 1, output = 0;
  executor.run({.tokens = {&token, 1}, .sequences = {&sequence, 1}, .outputs = {&output, 1}});
  const auto named = executor.trace();
  ASSERT_EQ(named.size(), 3u);
  for (size_t i = 0; i < 3; ++i) {
    EXPECT_EQ(named[i].name, concat("hidden.", i));
    EXPECT_EQ(named[i].shape, (ml::Shape{1, 32}));
  }
}

// A file of the invented model, with some numbers changed and some tensors left out.
std::unique_ptr<gguf::File> file_with(std::map<std::string, uint32_t> changes,
                                      std::string_view without = "", std::string_view extra = "") {
  const Invented invented;
  test::GgufBuilder builder;
  builder.metadata("general.architecture", "llama");
  for (const auto& [key, value] : kNumbers) {
    const std::string full = "llama." + key;
    if (changes.contains(key)) {
      builder.metadata(full, changes[key]);
    } else if (value < 1) {
      builder.metadata(full, static_cast<float>(value));
    } else {
      builder.metadata(full, static_cast<uint32_t>(value));
    }
  }
  const auto add = [&](std::string_view name, const ml::Node& node) {
    const std::vector<uint64_t> dims(node.shape.dims().begin(), node.shape.dims().end());
    const auto bytes =
        std::span(node.data, static_cast<size_t>(ml::row_bytes(node.dtype, node.shape.size())));
    builder.tensor(name, static_cast<uint32_t>(ml::info(node.dtype).gguf_id), dims, bytes);
  };
  for (const ml::Node& node : invented.nodes) {
    if (node.name != without) add(node.name, node);
  }
  if (!extra.empty()) add(extra, invented.nodes.front());
  static std::vector<std::vector<std::byte>> kept;  // parse() does not copy
  kept.push_back(builder.bytes());
  return gguf::File::parse(kept.back(), "test.gguf");
}

TEST(Loading, TakesAFileThatFits) {
  const LoadedModel loaded = load(file_with({}));
  EXPECT_EQ(loaded.model->vocabulary(), 33);
  EXPECT_EQ(loaded.weight_list().size(), loaded.file->tensors().size());
}

TEST(Loading, ReportsEverythingThatDoesNotFitAtOnce) {
  test::expect_error(
      [] {
        load(file_with({{"feed_forward_length", 64}}, "blk.1.attn_k.weight", "blk.7.stray.weight"));
      },
      Error::Code::kCorrupt,
      {"test.gguf", "missing  blk.1.attn_k.weight [16, 32]",
       "shape    blk.0.ffn_up.weight is [48, 32], expected [64, 32]",
       "unused   blk.7.stray.weight"});
}

TEST(Loading, RefusesHyperParametersThatMakeNoSense) {
  for (const auto& [key, value] :
       std::map<std::string, uint32_t>{{"attention.head_count", 0},
                                       {"block_count", 4000000},
                                       {"embedding_length", 0},
                                       {"attention.head_count_kv", 0},
                                       {"attention.head_count", 4000000000u}}) {
    test::expect_error(
        [&, k = key, v = value] {
          load(file_with({{k, v}}));
        },
        Error::Code::kCorrupt, {"llama." + key});
  }
  test::expect_error(
      [] {
        load(file_with({{"attention.head_count", 3}}));
      },
      Error::Code::kCorrupt, {"llama.attention.head_count is 3", "divisor of embedding_length"});
}

}  // namespace
}  // namespace cria::model
