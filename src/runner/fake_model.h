#pragma once
// For tests: a model whose logits are any function of the tokens before, which it reads from a real
// cache where each token's key is its id, and a tokenizer whose tokens are bytes, but for
// a few control tokens.

#include <algorithm>
#include <functional>
#include <map>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "base/error.h"
#include "runner/forward.h"
#include "tokenizer/tokenizer.h"

namespace cria::runner {

using Ids = std::vector<tokenizer::Id>;

constexpr tokenizer::Id kEnd = 256;                    // of generation
constexpr tokenizer::Id kThink = 257, kThought = 258;  // control tokens "<think>" and "</think>"
constexpr int64_t kByteVocabulary = 259;

inline Ids ids_of(std::string_view text) {
  Ids ids;
  for (const char c : text) ids.push_back(static_cast<uint8_t>(c));
  return ids;
}

class ByteTokenizer final : public tokenizer::Tokenizer {
 public:
  ByteTokenizer() : Tokenizer(bytes_and_end()) {}

 private:
  static tokenizer::Vocabulary bytes_and_end() {
    tokenizer::Vocabulary vocabulary;
    for (int byte = 0; byte < 256; ++byte) vocabulary.tokens.push_back(concat("<", byte, ">"));
    vocabulary.types.assign(256, tokenizer::TokenType::kByte);
    for (const char* text : {"<end>", "<think>", "</think>"}) {
      vocabulary.tokens.emplace_back(text);
      vocabulary.types.push_back(tokenizer::TokenType::kControl);
    }
    vocabulary.end_of_generation = {kEnd};
    return vocabulary;
  }
  void encode_text(std::string_view text, bool /*first*/, Ids& out) const override {
    const Ids ids = ids_of(text);
    out.insert(out.end(), ids.begin(), ids.end());
  }
  std::string bytes_of(tokenizer::Id id) const override { return {static_cast<char>(id)}; }
};

struct FakeOptions {
  int64_t context = 1000, pool = 2000;  // tokens
  int64_t sequences = 4;
  int64_t tokens = 64, outputs = 4;  // of one pass
  int64_t block = 1;
  int64_t window = 0;     // of a second layer; 0: there is none
  bool can_shift = true;  // else removing tokens is impossible
};

class FakeModel final : public Forward {
 public:
  // Fills the logits that follow the tokens of a sequence.
  using Logits = std::function<void(std::span<const tokenizer::Id> history, std::span<float> row)>;
  using Watch = std::function<void(const model::Step& step)>;

  FakeModel(const FakeOptions& options, Logits logits, Watch before_pass = {})
      : options_(options),
        logits_(std::move(logits)),
        before_pass_(std::move(before_pass)),
        backend_(ml::make_backend("reference", {.threads = 1})),
        cache_(*backend_, layers(options),
               {.key_type = ml::DType::kF32,
                .value_type = ml::DType::kF32,
                .tokens = options.pool,
                .sequences = std::max<int64_t>(options.sequences, 1),
                .context = options.context,
                .block_size = options.block,
                .pass = options.tokens}) {}
  // The engine must have given all of it back.
  ~FakeModel() override {
    for (const auto& usage : cache_.usage()) CRIA_CHECK(usage.used == 0);
  }

  Limits limits() const override {
    return {.vocabulary = kByteVocabulary,
            .token_ids = kByteVocabulary,
            .context = cache_.context(),
            .sequences = std::max<int64_t>(options_.sequences, 1),
            .tokens = options_.tokens,
            .outputs = options_.outputs,
            .block = options_.block};
  }

  std::optional<kvcache::Cache::Opened> open(
      std::span<const int32_t> ids, std::span<const model::PlacedPicture> pictures) override {
    CRIA_CHECK(pictures.empty());
    if (options_.sequences == 0) return std::nullopt;
    return cache_.open(ids);
  }
  void close(kvcache::Sequence sequence) override { cache_.close(sequence); }
  kvcache::Cache::Outcome reserve(kvcache::Sequence sequence, int64_t tokens) override {
    return cache_.reserve(sequence, tokens);
  }
  int64_t room() const override { return cache_.room(); }

  kvcache::Cache::Outcome remove(kvcache::Sequence sequence, int64_t begin, int64_t end) override {
    if (!options_.can_shift) return kvcache::Cache::Outcome::kImpossible;
    kvcache::Moves moves;
    const auto outcome = cache_.remove(sequence, begin, end, moves);
    if (outcome != kvcache::Cache::Outcome::kOk) return outcome;
    ml::Graph graph;
    const kvcache::MoveView view = cache_.move_view(graph);
    for (const auto& layer : view.layers) {
      const ml::Tensor from = view.from[layer.group], to = view.to[layer.group];
      const ml::Tensor keys = ml::rows(layer.keys, from), values = ml::rows(layer.values, from);
      ml::store(layer.keys, keys, to);
      ml::store(layer.values, values, to);
    }
    const auto plan = backend_->plan(graph, {});
    for (int64_t first = 0; first < moves.count();) {
      first += cache_.place_moves(moves, first, view, *plan);
      backend_->run(*plan);
    }
    return outcome;
  }

  std::span<const float> run(const model::Step& step) override {
    CRIA_CHECK(!step.tokens.empty() && step.tokens.size() == step.sequences.size());
    CRIA_CHECK(static_cast<int64_t>(step.tokens.size()) <= options_.tokens);
    CRIA_CHECK(static_cast<int64_t>(step.outputs.size()) <= options_.outputs);
    if (before_pass_) before_pass_(step);
    Pass& pass = this->pass(static_cast<int64_t>(step.tokens.size()));
    cache_.place(step.tokens, step.sequences, pass.view, *pass.plan);
    const std::vector<float> keys(step.tokens.begin(), step.tokens.end());
    std::ranges::copy(std::as_bytes(std::span(keys)), pass.plan->input(pass.keys).begin());
    backend_->run(*pass.plan);
    cache_.commit(step.sequences);
    rows_.assign(step.outputs.size() * kByteVocabulary, 0);
    for (size_t i = 0; i < step.outputs.size(); ++i) {
      logits_(history(pass, static_cast<size_t>(step.outputs[i])),
              std::span(rows_).subspan(i * kByteVocabulary, kByteVocabulary));
    }
    return rows_;
  }

 private:
  struct Pass {
    ml::Graph graph;
    kvcache::View view;
    ml::Tensor keys;
    std::unique_ptr<ml::Plan> plan;
  };

  static std::vector<kvcache::LayerSpec> layers(const FakeOptions& options) {
    std::vector<kvcache::LayerSpec> specs{{.kv_heads = 1, .head_dim = 1}};
    if (options.window == 0) return specs;
    specs.push_back({.kv_heads = 1,
                     .head_dim = 1,
                     .kind = kvcache::LayerKind::kWindow,
                     .window = options.window});
    return specs;
  }

  Pass& pass(int64_t tokens) {
    Pass& pass = passes_[tokens];
    if (pass.plan) return pass;
    pass.view = cache_.view(pass.graph, tokens);
    pass.keys = pass.graph.input("keys", ml::DType::kF32, {tokens, 1, 1});
    std::vector<ml::Tensor> results;
    for (kvcache::Layer& layer : pass.view.layers) {
      results.push_back(ml::permute(layer.append(pass.keys, pass.keys).keys, {1, 2, 0}));
    }
    pass.plan = backend_->plan(pass.graph, results);
    return pass;
  }

  // What the cache holds of a token's sequence, up to the token.
  Ids history(Pass& pass, size_t token) const {
    const auto ints = [&](ml::Tensor input) {
      return reinterpret_cast<const int32_t*>(pass.plan->input(input).data());
    };
    const ml::Tensor tables = pass.view.groups[0].tables;
    const int32_t* table = ints(tables) + ints(pass.view.sequences)[token] * tables.shape()[1];
    Ids ids;
    for (int64_t p = 0; p <= ints(pass.view.positions)[token]; ++p) {
      const int64_t slot = table[p / options_.block] * options_.block + p % options_.block;
      ids.push_back(static_cast<int32_t>(pass.plan->output(0)[static_cast<size_t>(slot)]));
    }
    return ids;
  }

  FakeOptions options_;
  Logits logits_;
  Watch before_pass_;
  std::unique_ptr<ml::Backend> backend_;
  kvcache::Cache cache_;
  std::map<int64_t, Pass> passes_;  // by number of tokens
  std::vector<float> rows_;
};

// Continues a prompt with a text, and then ends. The prompt is the first letter of the text in
// capitals, any number of it.
inline FakeModel::Logits says(std::vector<std::string> texts) {
  return [texts = std::move(texts)](std::span<const tokenizer::Id> history, std::span<float> row) {
    const auto is_prompt = [&](tokenizer::Id id) { return id == history[0]; };
    const auto prompt = std::find_if_not(history.begin(), history.end(), is_prompt);
    const auto said = static_cast<size_t>(history.end() - prompt);
    for (const std::string& text : texts) {
      if (text[0] - 'a' + 'A' != history[0]) continue;
      row[said < text.size() ? static_cast<uint8_t>(text[said]) : kEnd] = 1;
    }
  };
}

}  // namespace cria::runner
