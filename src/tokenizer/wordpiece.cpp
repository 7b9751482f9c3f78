#include "tokenizer/wordpiece.h"

#include <algorithm>
#include <utility>

#include "base/log.h"
#include "base/quote.h"
#include "base/utf8.h"
#include "tokenizer/space_mark.h"
#include "tokenizer/unicode.h"

namespace cria::tokenizer {
namespace {

// Longer words are unknown in BERT's own tokenizer, and it bounds the work per character.
constexpr size_t kMostCharacters = 100;

// Gathers the characters of a word. Spaces part words, a punctuation mark and an ideograph are
// words of their own.
template <class Take>
class Words {
 public:
  Words(bool fold, const Take& take) : fold_(fold), take_(take) {}

  void add(const Rune& rune) {
    if (is_control(rune)) return;
    if (rune.classes & kSpace) return end();
    if (!fold_) return add_character(rune.value);
    for_each_folded(rune.value, [this](char32_t value) { add_character(value); });
  }

  void end() {
    if (characters_ > 0) take_(std::string_view(word_), characters_);
    word_ = kSpaceMark;
    characters_ = 0;
  }

 private:
  void add_character(char32_t value) {
    const bool alone = is_word_of_its_own(value);
    if (alone) end();
    if (characters_ <= kMostCharacters) append_utf8(word_, value);  // or it is unknown anyway
    ++characters_;
    if (alone) end();
  }

  const bool fold_;
  const Take& take_;
  std::string word_{kSpaceMark};
  size_t characters_ = 0;
};

}  // namespace

WordPiece::WordPiece(Vocabulary vocabulary) : Tokenizer(std::move(vocabulary)) {
  tokens_.reserve(vocabulary_.tokens.size());
  for (size_t i = 0; i < vocabulary_.tokens.size(); ++i) {
    // Only normal tokens can come out of text: the others are found whole, or never.
    if (vocabulary_.types[i] != TokenType::kNormal) continue;
    tokens_.emplace(vocabulary_.tokens[i], static_cast<Id>(i));
    longest_ = std::max(longest_, vocabulary_.tokens[i].size());
  }
}

void WordPiece::encode_text(std::string_view text, bool, std::vector<Id>& out) const {
  const auto take = [&](std::string_view word, size_t characters) {
    if (characters <= kMostCharacters) return encode_word(word, out);
    if (vocabulary_.unknown >= 0) out.push_back(vocabulary_.unknown);
  };
  Words words(vocabulary_.folds_case, take);
  for (size_t position = 0; position < text.size();) {
    const Rune rune = rune_at(text, position);
    position += rune.length;
    words.add(rune);
  }
  words.end();
}

void WordPiece::encode_word(std::string_view word, std::vector<Id>& out) const {
  const size_t before = out.size();
  for (size_t begin = 0; begin < word.size();) {
    size_t length = std::min(longest_, word.size() - begin);
    auto found = tokens_.end();
    for (; length > 0; --length) {
      found = tokens_.find(word.substr(begin, length));
      if (found != tokens_.end()) break;
    }
    if (length > 0) {
      out.push_back(found->second);
      begin += length;
      continue;
    }
    out.resize(before);
    if (vocabulary_.unknown >= 0) {
      out.push_back(vocabulary_.unknown);
    } else {
      log::debug("tokenizer: no tokens for ", quote(word));
    }
    return;
  }
}

std::string WordPiece::bytes_of(Id id) const {
  return with_spaces(vocabulary_.tokens[static_cast<size_t>(id)]);
}

}  // namespace cria::tokenizer
