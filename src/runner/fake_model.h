#pragma once
// For tests: a model whose logits are any function of the tokens before, and a tokenizer whose
// tokens are bytes.

#include <algorithm>
#include <functional>
#include <string>
#include <utility>
#include <vector>

#include "base/error.h"
#include "runner/forward.h"
#include "tokenizer/tokenizer.h"

namespace cria::runner {

using Ids = std::vector<tokenizer::Id>;

constexpr tokenizer::Id kEnd = 256;  // of generation
constexpr int64_t kByteVocabulary = 257;

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
    vocabulary.tokens.emplace_back("<end>");
    vocabulary.types.assign(256, tokenizer::TokenType::kByte);
    vocabulary.types.push_back(tokenizer::TokenType::kControl);
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
  int64_t context = 1000, pool = 100000;  // tokens
  int64_t sequences = 4;
  int64_t tokens = 64, outputs = 4;  // of one pass
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
        sequences_(static_cast<size_t>(options.sequences)) {}
  // The engine must have given all of it back.
  ~FakeModel() override {
    for (const Slot& slot : sequences_) CRIA_CHECK(!slot.open);
  }

  Limits limits() const override {
    return {kByteVocabulary, options_.context, options_.tokens, options_.outputs};
  }

  std::optional<kvcache::Sequence> open() override {
    for (size_t i = 0; i < sequences_.size(); ++i) {
      if (sequences_[i].open) continue;
      sequences_[i] = {.open = true};
      return static_cast<kvcache::Sequence>(i);
    }
    return std::nullopt;
  }

  void close(kvcache::Sequence sequence) override {
    CRIA_CHECK(slot(sequence).open);
    slot(sequence) = {};
  }

  kvcache::Cache::Outcome reserve(kvcache::Sequence sequence, int64_t tokens) override {
    int64_t used = 0;
    for (const Slot& other : sequences_) used += other.room;
    Slot& mine = slot(sequence);
    const int64_t more = static_cast<int64_t>(mine.history.size()) + tokens - mine.room;
    if (mine.room + more > options_.context) return kvcache::Cache::Outcome::kContextFull;
    if (used + more > options_.pool) return kvcache::Cache::Outcome::kPoolFull;
    mine.room += more;
    return kvcache::Cache::Outcome::kOk;
  }

  std::span<const float> run(const model::Step& step) override {
    CRIA_CHECK(!step.tokens.empty() && step.tokens.size() == step.sequences.size());
    CRIA_CHECK(static_cast<int64_t>(step.tokens.size()) <= options_.tokens);
    CRIA_CHECK(static_cast<int64_t>(step.outputs.size()) <= options_.outputs);
    if (before_pass_) before_pass_(step);
    rows_.assign(step.outputs.size() * kByteVocabulary, 0);
    size_t output = 0;
    for (size_t i = 0; i < step.tokens.size(); ++i) {
      Slot& mine = slot(step.sequences[i]);
      mine.history.push_back(step.tokens[i]);
      CRIA_CHECK(mine.open && static_cast<int64_t>(mine.history.size()) <= mine.room);
      if (output == step.outputs.size() || step.outputs[output] != static_cast<int32_t>(i))
        continue;
      logits_(mine.history, std::span(rows_).subspan(output++ * kByteVocabulary, kByteVocabulary));
    }
    CRIA_CHECK(output == step.outputs.size());
    return rows_;
  }

 private:
  struct Slot {
    bool open = false;
    Ids history = {};
    int64_t room = 0;
  };
  Slot& slot(kvcache::Sequence sequence) { return sequences_.at(static_cast<size_t>(sequence)); }

  FakeOptions options_;
  Logits logits_;
  Watch before_pass_;
  std::vector<Slot> sequences_;
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
