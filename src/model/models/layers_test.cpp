// What the executor and the cache promise together, with a small model whose layers are of several
// kinds: windows see what a masked full cache would show, what is found in the cache gives the
// bytes that computing it gave, and shifted keys are those of the new positions.

#include <gtest/gtest.h>

#include <cmath>

#include "ml/formats.h"
#include "model/binder.h"
#include "model/executor.h"
#include "nn/attention.h"
#include "nn/embedding.h"
#include "nn/linear.h"
#include "nn/normalization.h"
#include "tests/support/nmse.h"

namespace cria::model {
namespace {

using kvcache::LayerKind;
using Outcome = kvcache::Cache::Outcome;

constexpr int64_t kVocabulary = 61, kWidth = 64, kHeads = 2, kHeadDim = 32, kLayers = 4;
constexpr int64_t kWindow = 20;
constexpr ml::RopeOptions kRope{.dims = kHeadDim};

enum class Windows { kFreed, kMasked };

// Attention alone; every other layer sees a window.
class Alternating final : public Model {
 public:
  explicit Alternating(Windows windows) : windows_(windows), layers_(kLayers) {}

  struct Attention {
    nn::Linear query, key, value, output;
    void bind(nn::Weights& w, int64_t width) {
      w("attn_q", query, {width, width});
      w("attn_k", key, {kHeadDim, width});
      w("attn_v", value, {kHeadDim, width});
      w("attn_output", output, {width, width});
    }
  };

  void bind(nn::Weights& w) override {
    w("token_embd", embedding_, {kVocabulary, kWidth});
    w("blk", layers_, kWidth);
    w("output", output_, {kVocabulary, kWidth});
  }

  ml::Tensor forward(const Batch& batch, kvcache::View& cache) const override {
    ml::Tensor x = embedding_(batch.tokens);
    for (size_t i = 0; i < layers_.size(); ++i) {
      const Attention& layer = layers_[i];
      const ml::Tensor normed = ml::rms_norm(x, {}, 1e-5f);
      const ml::Tensor q = ml::rope(layer.query(normed).split_last(kHeads), batch.positions, kRope);
      const ml::Tensor k = ml::rope(layer.key(normed).split_last(1), batch.positions, kRope);
      const ml::Tensor v = layer.value(normed).split_last(1);
      x = x + layer.output(attend(i, q, k, v, cache[i]).merge_last());
    }
    return output_(ml::rows(x, batch.outputs));
  }

  std::vector<kvcache::LayerSpec> cache_spec() const override {
    std::vector<kvcache::LayerSpec> specs(kLayers, {.kv_heads = 1, .head_dim = kHeadDim});
    for (size_t i = 0; i < specs.size() && windows_ == Windows::kFreed; ++i) {
      if (!sees_window(i)) continue;
      specs[i].kind = LayerKind::kWindow;
      specs[i].window = kWindow;
    }
    return specs;
  }

  ml::Tensor shift(size_t, ml::Tensor key, ml::Tensor delta) const override {
    return ml::rope(key, delta, kRope);
  }
  int64_t vocabulary() const override { return kVocabulary; }

 private:
  static bool sees_window(size_t layer) { return layer % 2 == 1; }
  ml::Tensor attend(size_t i, ml::Tensor q, ml::Tensor k, ml::Tensor v,
                    kvcache::Layer& cache) const {
    if (windows_ == Windows::kFreed) return nn::attention(q, k, v, {.scale = 0.25f}, cache);
    return ml::attention(
        q, cache.append(k, v),
        {.scale = 0.25f, .block_size = cache.block_size(), .window = sees_window(i) ? kWindow : 0});
  }

  Windows windows_;
  nn::Embedding embedding_;
  std::vector<Attention> layers_;
  nn::Linear output_;
};

struct Weighted {
  explicit Weighted(Windows windows = Windows::kFreed) : model(windows) {
    RandomBinder binder(5, ml::DType::kF32);
    model.bind(binder);
    nodes = binder.finish();
    data = binder.take_data();
    for (const ml::Node& node : nodes) list.push_back(&node);
  }
  Alternating model;
  WeightNodes nodes;
  std::deque<std::vector<std::byte>> data;
  std::vector<const ml::Node*> list;
};

ExecutorOptions options_for(const std::string& backend, ml::DType type = ml::DType::kF16) {
  ExecutorOptions options;
  options.backend = backend;
  options.backend_options.threads = 1;  // models_test shows that it does not matter
  options.cache = {.key_type = type,
                   .value_type = type,
                   .tokens = 320,
                   .sequences = 2,
                   .context = 160,
                   .block_size = 16};
  options.max_tokens = 32;
  options.max_outputs = 32;
  return options;
}

std::vector<int32_t> some_ids(size_t count, int32_t seed = 1) {
  std::vector<int32_t> ids;
  for (size_t i = 0; i < count; ++i) {
    ids.push_back(static_cast<int32_t>((i * i * 5 + i * 11 + static_cast<size_t>(seed)) % 61));
  }
  return ids;
}

// The logits of the ids from `first` on, in passes of `pass`.
std::vector<float> append(Executor& executor, kvcache::Sequence sequence,
                          const std::vector<int32_t>& ids, size_t first = 0, size_t pass = 7) {
  std::vector<float> logits;
  for (; first < ids.size(); first += pass) {
    const auto tokens = std::span(ids).subspan(first, std::min(pass, ids.size() - first));
    EXPECT_EQ(executor.cache().reserve(sequence, static_cast<int64_t>(tokens.size())),
              Outcome::kOk);
    std::vector<int32_t> outputs;
    for (size_t i = 0; i < tokens.size(); ++i) outputs.push_back(static_cast<int32_t>(i));
    const std::vector<kvcache::Sequence> sequences(tokens.size(), sequence);
    const auto rows = executor.run({.tokens = tokens, .sequences = sequences, .outputs = outputs});
    logits.insert(logits.end(), rows.begin(), rows.end());
  }
  return logits;
}

std::vector<float> rows_from(const std::vector<float>& logits, size_t row) {
  return {logits.begin() + static_cast<int64_t>(row) * kVocabulary, logits.end()};
}

std::vector<float> floats_of(ml::DType type, const std::vector<std::byte>& rows) {
  std::vector<float> floats(rows.size() / static_cast<size_t>(ml::row_bytes(type, kHeadDim)) *
                            kHeadDim);
  ml::dequantize(type, rows.data(), floats);
  return floats;
}

class LayersOverBackend : public testing::TestWithParam<const char*> {};

INSTANTIATE_TEST_SUITE_P(Backends, LayersOverBackend, testing::Values("reference", "cpu"));

TEST_P(LayersOverBackend, AWindowThatIsFreedIsAWindowThatIsMasked) {
  const Weighted freed(Windows::kFreed), masked(Windows::kMasked);
  Executor ours(freed.model, freed.list, options_for(GetParam()));
  Executor full(masked.model, masked.list, options_for(GetParam()));
  const auto ids = some_ids(150);
  EXPECT_EQ(append(ours, ours.cache().open().value(), ids),
            append(full, full.cache().open().value(), ids));
  ASSERT_EQ(ours.cache().usage().size(), 2u);
  EXPECT_LE(ours.cache().usage()[1].used, kWindow / 16 + 2);
}

TEST_P(LayersOverBackend, WhatIsCachedGivesTheBytesThatComputingGave) {
  const Weighted weighted;
  Executor executor(weighted.model, weighted.list, options_for(GetParam()));
  auto& cache = executor.cache();
  const auto ids = some_ids(90);
  const auto first = cache.open(ids).value();
  ASSERT_EQ(first.cached, 0);
  const auto computed = append(executor, first.sequence, ids);
  const auto beside = cache.open(ids).value();  // while the first one is open
  EXPECT_EQ(beside.cached, 80);
  EXPECT_EQ(append(executor, beside.sequence, ids, 80), rows_from(computed, 80));
  cache.close(first.sequence);
  cache.close(beside.sequence);

  const auto again = cache.open(ids).value();
  EXPECT_EQ(again.cached, 89);
  EXPECT_EQ(append(executor, again.sequence, ids, 89), rows_from(computed, 89));
  auto other = some_ids(50);
  other[40] = 3, other[41] = 3;
  const auto shorter = cache.open(other).value();
  EXPECT_EQ(shorter.cached, 40);
  const auto found = append(executor, shorter.sequence, other, 40);
  Executor fresh(weighted.model, weighted.list, options_for(GetParam()));
  EXPECT_EQ(found, rows_from(append(fresh, fresh.cache().open().value(), other, 0, 32), 40));
}

TEST_P(LayersOverBackend, RowsThatFillAPassUpChangeNothing) {
  const Weighted weighted;
  ExecutorOptions options = options_for(GetParam());
  options.cache.tokens = 480;
  options.cache.sequences = 3;
  Executor executor(weighted.model, weighted.list, options);
  const auto ids = some_ids(100);
  const auto expected = append(executor, executor.cache().open().value(), ids, 0, 1);
  EXPECT_EQ(append(executor, executor.cache().open().value(), ids, 0, 17), expected);
  EXPECT_EQ(append(executor, executor.cache().open().value(), ids, 0, 27), expected);
}

TEST_P(LayersOverBackend, AForkGoesOnLikeItsOrigin) {
  const Weighted weighted;
  Executor executor(weighted.model, weighted.list, options_for(GetParam()));
  auto& cache = executor.cache();
  const auto a = cache.open().value();
  append(executor, a, some_ids(40));
  const auto b = cache.fork(a).value();
  const auto end = some_ids(9, 7);
  const auto logits = append(executor, a, end);
  EXPECT_EQ(append(executor, b, end), logits);
}

TEST_P(LayersOverBackend, ShiftedKeysOfTheFirstLayerAreThoseOfTheNewPositions) {
  const Weighted weighted;
  for (const auto& [type, bound] : {std::pair(ml::DType::kF32, 1e-10),
                                    {ml::DType::kF16, 1e-6},
                                    {ml::DType::kBF16, 1e-4},
                                    {ml::DType::kQ8_0, 2e-4}}) {
    Executor executor(weighted.model, weighted.list, options_for(GetParam(), type));
    auto& cache = executor.cache();
    auto ids = some_ids(100);
    const auto shifted = cache.open().value(), computed = cache.open().value();
    append(executor, shifted, ids);
    ASSERT_EQ(executor.remove(shifted, 5, 42), Outcome::kOk);
    EXPECT_EQ(cache.length(shifted), 63);
    ids.erase(ids.begin() + 5, ids.begin() + 42);
    append(executor, computed, ids);
    const auto keys = [&](kvcache::Sequence s) {
      return floats_of(type, cache.contents(s, 0, ml::StateRole::kKeys));
    };
    EXPECT_LE(nmse(keys(shifted), keys(computed)), bound) << ml::info(type).name;
    const auto values = [&](kvcache::Sequence s) {
      return floats_of(type, cache.contents(s, 0, ml::StateRole::kValues));
    };
    EXPECT_LE(nmse(values(shifted), values(computed)), type == ml::DType::kQ8_0 ? bound : 0);
    // The last tokens of the window layer's values are where they were, under other numbers; its
    // keys can be compared only with themselves, turned back.
    append(executor, shifted, some_ids(12, 9));
    EXPECT_EQ(cache.length(shifted), 75);
  }
}

TEST_P(LayersOverBackend, ShiftsTheSameWayHoweverManyShareTheBlocks) {
  const Weighted weighted;
  ExecutorOptions options = options_for(GetParam());
  options.cache.tokens = 480;
  Executor executor(weighted.model, weighted.list, options);
  auto& cache = executor.cache();
  const auto ids = some_ids(96), end = some_ids(20, 4);
  const auto a = cache.open().value();
  append(executor, a, ids);
  const auto b = cache.fork(a).value();
  ASSERT_EQ(executor.remove(a, 4, 50), Outcome::kOk);  // copies
  const auto copied = append(executor, a, end);
  cache.close(a);
  const auto c = cache.fork(b).value();
  const auto untouched = append(executor, c, end);
  cache.close(c);
  ASSERT_EQ(executor.remove(b, 4, 50), Outcome::kOk);  // in place
  EXPECT_EQ(append(executor, b, end), copied);
  Executor fresh(weighted.model, weighted.list, options);
  const auto d = fresh.cache().open().value();
  append(fresh, d, ids);
  EXPECT_EQ(append(fresh, d, end), untouched) << "nobody wrote to what was shared";
}

TEST(Layers, KeepTheMemoryOfWindowsBounded) {
  const Weighted freed(Windows::kFreed), masked(Windows::kMasked);
  ExecutorOptions options = options_for("cpu");
  options.cache.tokens = options.cache.context = 100000;
  options.cache.sequences = 1;
  Executor ours(freed.model, freed.list, options), full(masked.model, masked.list, options);
  // Half of the layers keep next to nothing.
  EXPECT_LT(ours.cache().bytes(), full.cache().bytes() * 51 / 100);
}

}  // namespace
}  // namespace cria::model
