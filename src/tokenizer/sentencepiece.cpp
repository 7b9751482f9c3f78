#include "tokenizer/sentencepiece.h"

#include <algorithm>
#include <numeric>
#include <optional>
#include <utility>

#include "base/log.h"
#include "base/quote.h"
#include "tokenizer/space_mark.h"
#include "tokenizer/unicode.h"

namespace cria::tokenizer {
namespace {

// The place of each token in the order of scores; equal scores share a place.
std::vector<uint32_t> ranks_of(const std::vector<float>& scores) {
  std::vector<uint32_t> order(scores.size());
  std::iota(order.begin(), order.end(), 0u);
  std::sort(order.begin(), order.end(),
            [&](uint32_t a, uint32_t b) { return scores[a] > scores[b]; });
  std::vector<uint32_t> ranks(scores.size());
  for (size_t i = 1; i < order.size(); ++i) {
    const bool equal = scores[order[i]] == scores[order[i - 1]];
    ranks[order[i]] = equal ? ranks[order[i - 1]] : static_cast<uint32_t>(i);
  }
  return ranks;
}

// Whether a space stands after another character.
bool has_inner_space(std::string_view text) {
  const size_t word = text.find_first_not_of(' ');
  return word != std::string_view::npos && text.find(' ', word) != std::string_view::npos;
}

}  // namespace

SentencePiece::SentencePiece(Vocabulary vocabulary)
    : Tokenizer(std::move(vocabulary)), bytes_(vocabulary_) {
  const size_t count = vocabulary_.tokens.size();
  const std::vector<uint32_t> ranks = ranks_of(vocabulary_.scores);
  texts_.reserve(count);  // tokens_ looks into it
  tokens_.reserve(count);
  for (size_t i = 0; i < count; ++i) {
    // Only normal tokens can come out of text: the others are found whole, or never.
    if (vocabulary_.types[i] != TokenType::kNormal) continue;
    const std::string& text = texts_.emplace_back(with_spaces(vocabulary_.tokens[i]));
    tokens_.emplace(text, Joined{ranks[i], static_cast<Id>(i)});
    longest_ = std::max(longest_, text.size());
    parts_at_spaces_ = parts_at_spaces_ && !has_inner_space(text);
  }
}

Joined SentencePiece::find(std::string_view text) const {
  if (text.size() > longest_) return {};
  const auto found = tokens_.find(text);
  return found == tokens_.end() ? Joined{} : found->second;
}

void SentencePiece::encode_text(std::string_view text, bool first, std::vector<Id>& out) const {
  std::string with_prefix;
  if (first && vocabulary_.add_space_prefix) {
    with_prefix.reserve(text.size() + 1);
    with_prefix += ' ';
    with_prefix += text;
    text = with_prefix;
  }
  Merger merger;
  size_t begin = 0;
  if (parts_at_spaces_) {
    // No token reaches over the start of a word, so words can be encoded alone: the same result,
    // faster.
    for (size_t i = 1; i < text.size(); ++i) {
      if (text[i] != ' ' || text[i - 1] == ' ') continue;
      encode_stretch(text.substr(begin, i - begin), merger, out);
      begin = i;
    }
  }
  encode_stretch(text.substr(begin), merger, out);
}

void SentencePiece::encode_stretch(std::string_view text, Merger& merger,
                                   std::vector<Id>& out) const {
  merger.clear();
  merger.reserve(text.size());  // at most so many characters
  for (size_t position = 0; position < text.size();) {
    const size_t end = position + rune_at(text, position).length;
    merger.add(static_cast<uint32_t>(position), static_cast<uint32_t>(end),
               find(text.substr(position, end - position)).id);
    position = end;
  }
  merger.merge([&](const Symbol& left, const Symbol& right) -> std::optional<Joined> {
    const Joined joined = find(text.substr(left.begin, right.end - left.begin));
    if (joined.id < 0) return std::nullopt;
    return joined;
  });
  merger.for_each([&](const Symbol& symbol) {
    if (symbol.id >= 0) {
      out.push_back(symbol.id);
    } else {
      encode_bytes(text.substr(symbol.begin, symbol.end - symbol.begin), out);
    }
  });
}

void SentencePiece::encode_bytes(std::string_view bytes, std::vector<Id>& out) const {
  // Without tokens for all of its bytes the whole character is unknown.
  if (bytes_.append(bytes, out)) return;
  if (vocabulary_.unknown >= 0) {
    out.push_back(vocabulary_.unknown);
  } else {
    log::debug("tokenizer: no token for ", quote(bytes));
  }
}

std::string SentencePiece::bytes_of(Id id) const { return text_of_piece(vocabulary_, id); }

}  // namespace cria::tokenizer
