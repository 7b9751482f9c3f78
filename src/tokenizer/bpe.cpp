#include "tokenizer/bpe.h"

#include <algorithm>
#include <utility>

#include "base/log.h"
#include "tokenizer/byte_level.h"
#include "tokenizer/merge.h"

namespace cria::tokenizer {
namespace {

// Only normal tokens can come out of text: the others are found whole, or never.
std::unordered_map<std::string_view, Id> normal_tokens(const Vocabulary& vocabulary) {
  std::unordered_map<std::string_view, Id> ids;
  ids.reserve(vocabulary.tokens.size());
  for (size_t i = 0; i < vocabulary.tokens.size(); ++i) {
    if (vocabulary.types[i] == TokenType::kNormal) {
      ids.emplace(vocabulary.tokens[i], static_cast<Id>(i));
    }
  }
  return ids;
}

}  // namespace

BytePairEncoding::BytePairEncoding(Vocabulary vocabulary, const Family& family)
    : Tokenizer(std::move(vocabulary)), family_(family), merges_(vocabulary_.merges.size()) {
  const std::unordered_map<std::string_view, Id> ids = normal_tokens(vocabulary_);
  const auto id_of = [&](std::string_view text) {
    const auto found = ids.find(text);
    return found == ids.end() ? Id{-1} : found->second;
  };

  for (size_t byte = 0; byte < byte_ids_.size(); ++byte) {
    byte_ids_[byte] = id_of(to_byte_alphabet(std::string(1, static_cast<char>(byte))));
  }
  size_t unusable = 0;
  for (size_t rank = 0; rank < vocabulary_.merges.size(); ++rank) {
    const std::string& merge = vocabulary_.merges[rank];
    const size_t space = merge.find(' ', 1);
    const std::string left = merge.substr(0, space);
    const std::string right = merge.substr(space + 1);
    const Id left_id = id_of(left), right_id = id_of(right), joined_id = id_of(left + right);
    if (left_id < 0 || right_id < 0 || joined_id < 0) {
      ++unusable;
    } else {
      merges_.add(left_id, right_id, {static_cast<uint32_t>(rank), joined_id});
    }
  }
  if (unusable > 0) log::debug("tokenizer: ", unusable, " merges join what are not tokens");

  if (!family_.whole_words) return;
  for (const auto& [text, id] : ids) {
    if (const std::optional<std::string> bytes = from_byte_alphabet(text)) {
      words_.emplace(*bytes, id);
      longest_word_ = std::max(longest_word_, bytes->size());
    }
  }
}

void BytePairEncoding::encode_text(std::string_view text, bool, std::vector<Id>& out) const {
  Merger merger;
  // Some files name a control token, which no text may become.
  const Id unknown = vocabulary_.unknown;
  const bool writes_unknown =
      unknown >= 0 && vocabulary_.types[static_cast<size_t>(unknown)] != TokenType::kControl;
  const auto emit = [&](const Symbol& symbol) {
    if (symbol.id >= 0) {
      out.push_back(symbol.id);
    } else if (writes_unknown) {
      out.push_back(vocabulary_.unknown);
    } else {
      log::debug("tokenizer: no token for byte ",
                 int{static_cast<unsigned char>(text[symbol.begin])});
    }
  };
  split(text, family_.stages, [&](std::string_view word) {
    if (word.size() <= longest_word_) {
      const auto whole = words_.find(std::string(word));
      if (whole != words_.end()) return out.push_back(whole->second);
    }
    merger.clear();
    merger.reserve(word.size());
    const auto begin = static_cast<uint32_t>(word.data() - text.data());
    for (uint32_t i = 0; i < word.size(); ++i) {
      merger.add(begin + i, begin + i + 1, byte_ids_[static_cast<unsigned char>(word[i])]);
    }
    merger.merge([this](const Symbol& left, const Symbol& right) {
      return merges_.find(left.id, right.id);
    });
    merger.for_each(emit);
  });
}

std::string BytePairEncoding::bytes_of(Id id) const {
  const std::string& token = vocabulary_.tokens[static_cast<size_t>(id)];
  // A token with other characters than the alphabet's stands for itself.
  return from_byte_alphabet(token).value_or(token);
}

}  // namespace cria::tokenizer
