#include "convert/merge_scores.h"

#include <algorithm>
#include <map>
#include <memory>
#include <optional>
#include <random>
#include <unordered_map>
#include <vector>

#include "base/error.h"
#include "base/quote.h"
#include "convert/merge_table.h"
#include "tokenizer/byte_tokens.h"
#include "tokenizer/space_mark.h"
#include "tokenizer/tokenizer.h"
#include "tokenizer/unicode.h"

namespace cria::convert {
namespace {

using Code = Error::Code;
using tokenizer::Id;
using Ids = std::vector<Id>;

// As the runner will have it. Tokens that are found whole have no part in merging.
tokenizer::Vocabulary runnable(const Vocabulary& vocabulary) {
  tokenizer::Vocabulary out{.model = "llama"};
  for (int64_t id = 0; id < vocabulary.rows(); ++id) {
    const Vocabulary::Token& token = vocabulary.token(id);
    const bool takes_part = token.type == TokenType::kNormal || token.type == TokenType::kByte;
    out.tokens.push_back(takes_part ? token.text : concat("[PAD", id, ']'));
    out.types.push_back(takes_part ? static_cast<tokenizer::TokenType>(token.type)
                                   : tokenizer::TokenType::kUnused);
    out.scores.push_back(token.score);
  }
  return out;
}

// The character that a text repeats; "" when there are several.
std::string_view repeated(std::string_view text) {
  const std::string_view first = text.substr(0, tokenizer::rune_at(text, 0).length);
  for (size_t i = 0; i < text.size(); i += first.size()) {
    if (text.substr(i, first.size()) != first) return "";
  }
  return first;
}

class Scorer {
 public:
  Scorer(const Merges& merges, bool whole_texts, const std::string& file, Vocabulary& vocabulary)
      : merges_(merges), whole_texts_(whole_texts), file_(file), vocabulary_(vocabulary) {}

  void run() {
    assign();
    const tokenizer::Vocabulary scored = runnable(vocabulary_);
    bytes_ = std::make_unique<tokenizer::ByteTokens>(scored);
    tokenizer_ = tokenizer::make_tokenizer(scored);
    table_ = std::make_unique<MergeTable>(merges_, vocabulary_);
    for (int64_t id = 0; id < vocabulary_.rows(); ++id) {
      if (is_normal(id)) compare_with_neighbours(id);
    }
    compare_overlaps();
    compare_runs();
  }

 private:
  int64_t id_of(const std::string& text, size_t rank) const {
    const std::optional<int64_t> id = vocabulary_.find(text);
    if (!id) fail(Code::kCorrupt, file_, ": merge ", rank, ": ", quote(text), " is no token");
    return *id;
  }
  bool is_normal(int64_t id) const { return vocabulary_.token(id).type == TokenType::kNormal; }

  // The tokens in the order of their best merges.
  void assign() {
    std::unordered_map<int64_t, float> scores;
    int64_t last = -1;
    for (size_t rank = 0; rank < merges_.size(); ++rank) {
      const auto& [left, right] = merges_[rank];
      const int64_t left_id = id_of(left, rank), right_id = id_of(right, rank);
      const int64_t joined = id_of(left + right, rank);
      if (!is_normal(left_id) || !is_normal(right_id) || !is_normal(joined)) continue;
      const bool is_new = scores.emplace(joined, -static_cast<float>(scores.size() + 1)).second;
      if (!is_new && joined != last && repeated(left + right).empty()) {
        fail(Code::kUnsupported, file_, ": merge ", rank, " makes ", quote(left + right),
             " again, behind merges of other tokens, which no scores can say");
      }
      last = joined;
    }
    for (int64_t id = 0; id < vocabulary_.rows(); ++id) {
      if (!is_normal(id)) continue;
      const auto found = scores.find(id);
      vocabulary_.token(id).score =
          found == scores.end() ? -static_cast<float>(scores.size() + 1) : found->second;
    }
  }

  void compare_with_neighbours(int64_t id) {
    const std::string& text = vocabulary_.token(id).text;
    compare(text, whole_texts_ ? Ids{static_cast<Id>(id)} : by_merges(text));
    constexpr int kNeighbours = 3;
    for (int i = 0; i < kNeighbours; ++i) {
      const auto other =
          static_cast<int64_t>(random_() % static_cast<uint64_t>(vocabulary_.rows()));
      if (is_normal(other)) compare(text + vocabulary_.token(other).text);
    }
  }

  // Where two pairs that overlap make the same token, the rank says which one is joined there, and
  // the place here.
  void compare_overlaps() {
    std::unordered_map<std::string, std::vector<size_t>> ranks;  // by what is made
    for (size_t rank = 0; rank < merges_.size(); ++rank) {
      ranks[merges_[rank].first + merges_[rank].second].push_back(rank);
    }
    for (const auto& [text, some] : ranks) {
      for (const size_t a : some) {
        for (const size_t b : some) {
          if (a == b || merges_[a].second != merges_[b].first) continue;
          compare(text + merges_[b].second);
        }
      }
    }
  }

  // Merges of runs of a character, mostly spaces, may go to and fro between the lengths.
  void compare_runs() {
    std::map<std::string, size_t> longest;  // by the character
    for (int64_t id = 0; id < vocabulary_.rows(); ++id) {
      const std::string& text = vocabulary_.token(id).text;
      if (!is_normal(id) || repeated(text).empty()) continue;
      size_t& most = longest[std::string(repeated(text))];
      most = std::max(most, text.size() / repeated(text).size());
    }
    for (const auto& [character, most] : longest) {
      if (most < 2) continue;
      std::string run = character;
      for (size_t count = 1; count < 4 * most; ++count) compare(run += character);
    }
  }

  // What the merges make of a text with marks for spaces.
  Ids by_merges(const std::string& text) {
    Ids ids;
    for (const tokenizer::Symbol& symbol : table_->apply(text)) {
      if (symbol.id >= 0) {
        ids.push_back(symbol.id);
      } else {
        bytes_->append(std::string_view(text).substr(symbol.begin, symbol.end - symbol.begin), ids);
      }
    }
    return ids;
  }

  void compare(const std::string& text) { compare(text, by_merges(text)); }
  void compare(const std::string& text, const Ids& expected) const {
    if (tokenizer_->encode(tokenizer::with_spaces(text)) == expected) return;
    fail(Code::kUnsupported, file_, ": merges: no scores of tokens do the same: they differ at ",
         quote(text), "; a tokenizer.model beside it would do");
  }

  const Merges& merges_;
  const bool whole_texts_;
  const std::string& file_;
  Vocabulary& vocabulary_;
  std::unique_ptr<MergeTable> table_;
  std::unique_ptr<tokenizer::ByteTokens> bytes_;
  std::unique_ptr<tokenizer::Tokenizer> tokenizer_;
  std::mt19937 random_{1};  // the same texts every time
};

}  // namespace

void set_scores(const Merges& merges, bool whole_texts, const std::string& file,
                Vocabulary& vocabulary) {
  Scorer(merges, whole_texts, file, vocabulary).run();
}

}  // namespace cria::convert
