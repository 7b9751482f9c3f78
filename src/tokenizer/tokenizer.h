#pragma once
// Text to token ids and back. Built from a file's vocabulary, never by a model.

#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "fs/gguf/gguf.h"

namespace cria::tokenizer {

using Id = int32_t;

// GGUF's numbers. Control tokens are written by templates only; user-defined ones are found in any
// text, before all other tokenisation; byte tokens are SentencePiece's "<0x0A>".
enum class TokenType : uint8_t { kNormal = 1, kUnknown, kControl, kUserDefined, kUnused, kByte };

// What a file says of its tokens.
struct Vocabulary {
  std::string model{};  // "gpt2" (byte-level BPE), "llama" (SentencePiece BPE), "t5"
                        // (SentencePiece unigram), "bert" (WordPiece)
  std::string pre{};    // name of the pre-tokenizer; empty: not said
  std::vector<std::string> tokens{};
  std::vector<TokenType> types{};                     // one per token
  std::vector<float> scores{};                        // one per token, or empty
  std::vector<std::string> merges{};                  // "left right", best first
  Id bos = -1, eos = -1, unknown = -1, padding = -1;  // -1: none
  std::vector<Id> end_of_generation{};                // eos, eot and kin, ascending
  bool add_bos = false, add_eos = false, add_space_prefix = false;
  bool folds_case = true;                 // "bert": text is made lower-case, accents are dropped
  bool remove_extra_whitespaces = false;  // "t5": at both ends, and more than one between
  std::string precompiled_charsmap{};     // "t5": rules of normalisation, as SentencePiece's files
                                          // have them; empty: none

  // Corrupt with everything that is wrong (counts that differ, ids out of range, ...); NotFound
  // without a vocabulary.
  static Vocabulary from(const gguf::File& file);
};

// A stretch of text. Only trusted text (templates, never users) can become special tokens.
struct Piece {
  std::string_view text;
  bool special = false;  // special tokens are recognised in it
};

class SpecialTokens;

class Tokenizer {
 public:
  virtual ~Tokenizer();
  const Vocabulary& vocabulary() const { return vocabulary_; }

  // Adjacent pieces are tokenised as one text wherever no special token parts them. Adds no BOS or
  // EOS. InvalidArgument: 2 GiB of text or more.
  std::vector<Id> encode(std::span<const Piece> pieces) const;
  std::vector<Id> encode(std::string_view text, bool special = false) const;

  // The bytes of one token, as they stand in running text (SentencePiece keeps its leading space).
  // Control, unknown and unused tokens give nothing unless `special`. InvalidArgument: no such id.
  std::string piece(Id id, bool special = false) const;
  // The text of many; may end inside a UTF-8 character. Undoes the space that encode() put in
  // front.
  std::string decode(std::span<const Id> ids, bool special = false) const;

  bool ends_generation(Id id) const;

 protected:
  explicit Tokenizer(Vocabulary vocabulary);
  // Appends the ids of text without special tokens; `first`: nothing, or only BOS, stands before
  // it.
  virtual void encode_text(std::string_view text, bool first, std::vector<Id>& out) const = 0;
  virtual std::string bytes_of(Id id) const = 0;

  const Vocabulary vocabulary_;

 private:
  std::vector<Id> encode_joined(std::string_view text, std::span<const Piece> pieces) const;

  std::unique_ptr<const SpecialTokens> special_tokens_;
};

// Unsupported: an unknown model or pre-tokenizer, named with those there are. Corrupt: the
// vocabulary contradicts itself.
std::unique_ptr<Tokenizer> make_tokenizer(Vocabulary vocabulary);

}  // namespace cria::tokenizer
