#include "tokenizer/tokenizer.h"

#include <algorithm>
#include <array>
#include <limits>
#include <utility>

#include "base/quote.h"
#include "tokenizer/bpe.h"
#include "tokenizer/pre_tokenizer.h"
#include "tokenizer/sentencepiece.h"
#include "tokenizer/special_tokens.h"
#include "tokenizer/unigram.h"
#include "tokenizer/vocabulary_check.h"
#include "tokenizer/wordpiece.h"

namespace cria::tokenizer {

Tokenizer::Tokenizer(Vocabulary vocabulary)
    : vocabulary_(std::move(vocabulary)),
      special_tokens_(std::make_unique<SpecialTokens>(vocabulary_)) {}

Tokenizer::~Tokenizer() = default;

std::vector<Id> Tokenizer::encode(std::string_view text, bool special) const {
  const std::array pieces = {Piece{text, special}};
  return encode(pieces);
}

std::vector<Id> Tokenizer::encode(std::span<const Piece> pieces) const {
  size_t size = 0;
  for (const Piece& piece : pieces) size += piece.text.size();
  constexpr size_t kLimit = std::numeric_limits<int32_t>::max();
  if (size >= kLimit) {
    fail(Error::Code::kInvalidArgument, "text to tokenise is ", size,
         " bytes long, expected less than ", kLimit);
  }
  if (pieces.size() == 1) return encode_joined(pieces.front().text, pieces);
  std::string text;
  text.reserve(size);
  for (const Piece& piece : pieces) text += piece.text;
  return encode_joined(text, pieces);
}

std::vector<Id> Tokenizer::encode_joined(std::string_view text,
                                         std::span<const Piece> pieces) const {
  std::vector<Id> ids;
  size_t pending = 0;    // where the text that is not encoded yet begins
  bool at_start = true;  // nothing, or only BOS, so far
  const auto encode_pending = [&](size_t end) {
    if (end == pending) return;
    encode_text(text.substr(pending, end - pending), at_start, ids);
    at_start = false;
  };
  size_t position = 0;
  size_t next_piece = 0;
  size_t piece_end = 0;    // of the piece that the position is in
  size_t trusted_end = 0;  // of the pieces from there on that may hold control tokens
  while (position < text.size()) {
    while (piece_end <= position) piece_end += pieces[next_piece++].text.size();
    if (trusted_end <= position && pieces[next_piece - 1].special) {
      trusted_end = piece_end;
      for (size_t i = next_piece; i < pieces.size() && pieces[i].special; ++i) {
        trusted_end += pieces[i].text.size();
      }
    }
    SpecialTokens::Match match;
    if (special_tokens_->may_begin(text[position])) {
      match = special_tokens_->longest(text, position, trusted_end);
    }
    if (match.id < 0) {
      ++position;
      continue;
    }
    encode_pending(position);
    ids.push_back(match.id);
    at_start = at_start && match.id == vocabulary_.bos;
    pending = position = match.end;
  }
  encode_pending(text.size());
  return ids;
}

std::string Tokenizer::piece(Id id, bool special) const {
  if (id < 0 || static_cast<size_t>(id) >= vocabulary_.tokens.size()) {
    fail(Error::Code::kInvalidArgument, "token ", id, " does not exist, expected an id below ",
         vocabulary_.tokens.size());
  }
  switch (vocabulary_.types[static_cast<size_t>(id)]) {
    case TokenType::kNormal:
    case TokenType::kByte:
      return bytes_of(id);
    case TokenType::kUserDefined:
      return vocabulary_.tokens[static_cast<size_t>(id)];
    default:
      return special ? vocabulary_.tokens[static_cast<size_t>(id)] : "";
  }
}

std::string Tokenizer::decode(std::span<const Id> ids, bool special) const {
  std::string text;
  bool at_start = true;  // nothing, or only BOS, so far
  for (const Id id : ids) {
    const std::string bytes = piece(id, special);
    const TokenType type = vocabulary_.types[static_cast<size_t>(id)];
    const bool holds_prefix = at_start && vocabulary_.add_space_prefix && bytes.starts_with(' ') &&
                              (type == TokenType::kNormal || type == TokenType::kByte);
    text += holds_prefix ? bytes.substr(1) : bytes;
    at_start = at_start && id == vocabulary_.bos;
  }
  return text;
}

bool Tokenizer::ends_generation(Id id) const {
  return std::binary_search(vocabulary_.end_of_generation.begin(),
                            vocabulary_.end_of_generation.end(), id);
}

namespace {

std::unique_ptr<Tokenizer> make_byte_level(Vocabulary vocabulary) {
  const Family* family = find_family(vocabulary.pre);
  if (!family) {
    fail(Error::Code::kUnsupported, "pre-tokenizer ", quote(vocabulary.pre),
         " is not supported, expected one of ", known_pre_tokenizers());
  }
  vocabulary.add_space_prefix = false;  // SentencePiece's
  return std::make_unique<BytePairEncoding>(std::move(vocabulary), *family);
}

std::unique_ptr<Tokenizer> make_sentencepiece(Vocabulary vocabulary) {
  return std::make_unique<SentencePiece>(std::move(vocabulary));
}

std::unique_ptr<Tokenizer> make_unigram(Vocabulary vocabulary) {
  return std::make_unique<Unigram>(std::move(vocabulary));
}

std::unique_ptr<Tokenizer> make_wordpiece(Vocabulary vocabulary) {
  vocabulary.add_space_prefix = true;  // every first word of a text has the mark of a start
  return std::make_unique<WordPiece>(std::move(vocabulary));
}

struct Kind {
  std::string_view model;
  std::unique_ptr<Tokenizer> (*make)(Vocabulary);
};

constexpr std::array kKinds = std::to_array<Kind>({{"gpt2", make_byte_level},
                                                   {"llama", make_sentencepiece},
                                                   {"t5", make_unigram},
                                                   {"bert", make_wordpiece}});

}  // namespace

std::unique_ptr<Tokenizer> make_tokenizer(Vocabulary vocabulary) {
  const auto* kind = std::find_if(kKinds.begin(), kKinds.end(),
                                  [&](const Kind& each) { return each.model == vocabulary.model; });
  if (kind == kKinds.end()) {
    fail(Error::Code::kUnsupported, "tokenizer model ", quote(vocabulary.model),
         " is not supported, expected gpt2, llama, t5 or bert");
  }
  Problems problems;
  check(vocabulary, problems);
  problems.report("vocabulary");
  std::sort(vocabulary.end_of_generation.begin(), vocabulary.end_of_generation.end());
  return kind->make(std::move(vocabulary));
}

}  // namespace cria::tokenizer
