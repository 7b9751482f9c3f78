#pragma once
// For tests: a cache over the reference backend with layers of one head of one dimension, so that a
// key is a number, which is its token's id. What attention may see is shown as a row of the pool.

#include <gtest/gtest.h>

#include <cmath>
#include <string>
#include <vector>

#include "kvcache/cache.h"

namespace cria::kvcache {

using Outcome = Cache::Outcome;
using Ids = std::vector<int32_t>;
using Rows = std::vector<std::string>;

constexpr LayerSpec full_layer() { return {.kv_heads = 1, .head_dim = 1}; }
inline LayerSpec window_layer(int64_t window) {
  return {.kv_heads = 1, .head_dim = 1, .kind = LayerKind::kWindow, .window = window};
}

inline Options small() {
  return {.key_type = ml::DType::kF32,
          .value_type = ml::DType::kF32,
          .tokens = 8,
          .sequences = 2,
          .context = 6,
          .block_size = 2,
          .pass = 8};
}

struct CacheFixture {
  explicit CacheFixture(const Options& options, std::vector<LayerSpec> specs = {full_layer()})
      : layers(std::move(specs)),
        backend(ml::make_backend("reference", {.threads = 1})),
        cache(*backend, layers, options),
        block_size(options.block_size) {}

  // Appends ids to sequences, and says of each what it may see in a layer: the keys in its slots of
  // the pool, `.` for those it does not see. The block that is never handed out is left out.
  Rows append(const std::vector<Sequence>& sequences, const Ids& ids, size_t layer = 0) {
    ml::Graph graph;
    const auto tokens = static_cast<int64_t>(ids.size());
    View view = cache.view(graph, tokens);
    const ml::Tensor input = graph.input("keys", ml::DType::kF32, {tokens, 1, 1});
    std::vector<ml::History> histories;
    for (Layer& each : view.layers) histories.push_back(each.append(input, input));
    const ml::History& history = histories[layer];
    const ml::Tensor mask = ml::apply(
        ml::Op::kHistoryMask, {history.keys, history.tables, history.sequences, history.positions},
        ml::AttentionOptions{.block_size = block_size, .window = view[layer].window()});
    std::vector<ml::Tensor> results{ml::exp(mask), ml::permute(history.keys, {1, 2, 0})};
    for (const ml::History& other : histories) results.push_back(other.keys);
    const auto plan = backend->plan(graph, results);
    cache.place(ids, sequences, view, *plan);
    const std::vector<float> keys(ids.begin(), ids.end());
    std::ranges::copy(std::as_bytes(std::span(keys)), plan->input(input).begin());
    backend->run(*plan);
    cache.commit(sequences);

    Rows rows;
    const std::span<const float> seen = plan->output(0), contents = plan->output(1);
    for (size_t t = 0; t < ids.size(); ++t) {
      rows.emplace_back();
      for (auto slot = static_cast<size_t>(block_size); slot < contents.size(); ++slot) {
        const bool sees = seen[t * contents.size() + slot] == 1;
        rows.back() += sees ? std::to_string(static_cast<int>(contents[slot])) : ".";
      }
    }
    return rows;
  }

  // Appends all of these to one sequence, in passes of a few.
  Rows append_all(Sequence sequence, const Ids& ids, size_t layer = 0, size_t pass = 3) {
    Rows rows;
    for (size_t i = 0; i < ids.size(); i += pass) {
      const size_t n = std::min(pass, ids.size() - i);
      EXPECT_EQ(cache.reserve(sequence, static_cast<int64_t>(n)), Outcome::kOk);
      const Rows more =
          append(std::vector<Sequence>(n, sequence),
                 {ids.begin() + static_cast<int64_t>(i), ids.begin() + static_cast<int64_t>(i + n)},
                 layer);
      rows.insert(rows.end(), more.begin(), more.end());
    }
    return rows;
  }

  // A sequence of these that has ended: what it held is cached.
  void remember(const Ids& ids) {
    const Sequence sequence = cache.open().value();
    append_all(sequence, ids);
    cache.close(sequence);
  }

  // "2 free, 1 cached, 1 used" of a group's blocks.
  std::string usage(size_t group = 0) const {
    const Cache::Usage usage = cache.usage().at(group);
    EXPECT_EQ(usage.free + usage.cached + usage.used, usage.all);
    return std::to_string(usage.free) + " free, " + std::to_string(usage.cached) + " cached, " +
           std::to_string(usage.used) + " used";
  }

  std::vector<LayerSpec> layers;
  std::unique_ptr<ml::Backend> backend;
  Cache cache;
  int64_t block_size;
};

}  // namespace cria::kvcache
