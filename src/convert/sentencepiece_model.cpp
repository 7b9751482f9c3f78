// Format: sentencepiece_model.proto of https://github.com/google/sentencepiece.
#include "convert/sentencepiece_model.h"

#include <bit>
#include <cmath>

#include "base/error.h"
#include "base/quote.h"
#include "convert/protobuf.h"
#include "tokenizer/space_mark.h"

namespace cria::convert {
namespace {

using Code = Error::Code;

// Fields of a model, a piece, the trainer's and the normaliser's settings.
enum ModelField : uint32_t { kPieces = 1, kTrainer = 2, kNormalizer = 3 };
enum PieceField : uint32_t { kText = 1, kScore = 2, kType = 3 };
enum TrainerField : uint32_t { kModelType = 3, kWhitespaceAsSuffix = 24 };
enum NormalizerField : uint32_t {
  kCharsmap = 2,
  kDummyPrefix = 3,
  kRemoveExtraWhitespaces = 4,
  kEscapeWhitespaces = 5
};

constexpr uint64_t kUnigram = 1, kBpe = 2;

struct Trainer {
  uint64_t model_type = kUnigram;
  bool whitespace_as_suffix = false;
};

struct Normalizer {
  std::string_view charsmap{};
  bool dummy_prefix = true, remove_extra_whitespaces = true, escape_whitespaces = true;
};

class Importer {
 public:
  Importer(const std::string& file, int64_t rows) : file_(file), vocabulary_(rows, file) {}

  Vocabulary read(std::string_view bytes) {
    ProtobufReader reader(bytes, file_);
    for (ProtobufField field; reader.next(field);) {
      if (field.number == kPieces) add_piece(message(field, "a piece"));
      if (field.number == kTrainer) read_trainer(message(field, "the trainer's settings"));
      if (field.number == kNormalizer) read_normalizer(message(field, "the normalizer's settings"));
    }
    if (count_ == 0) fail(Code::kCorrupt, file_, ": has no pieces, expected SentencePiece's file");
    check();
    vocabulary_.pre = "default";
    vocabulary_.add_space_prefix = normalizer_.dummy_prefix;
    if (trainer_.model_type == kBpe) {
      vocabulary_.model = "llama";
    } else {
      vocabulary_.model = "t5";
      vocabulary_.remove_extra_whitespaces = normalizer_.remove_extra_whitespaces;
      vocabulary_.precompiled_charsmap = normalizer_.charsmap;
    }
    return std::move(vocabulary_);
  }

 private:
  std::string_view message(const ProtobufField& field, const char* what) const {
    if (!field.is_bytes)
      fail(Code::kCorrupt, file_, ": ", what, " is a number, expected a message");
    return field.bytes;
  }

  void add_piece(std::string_view bytes) {
    std::string text;
    float score = 0;
    uint64_t type = 1;
    ProtobufReader reader(bytes, file_);
    for (ProtobufField field; reader.next(field);) {
      if (field.number == kText) text = message(field, "a piece's text");
      if (field.number == kScore) score = std::bit_cast<float>(static_cast<uint32_t>(field.value));
      if (field.number == kType) type = field.value;
    }
    if (type < 1 || type > 6) {
      fail(Code::kCorrupt, file_, ": piece ", count_, " has type ", type, ", expected 1 to 6");
    }
    if (!std::isfinite(score)) {
      fail(Code::kCorrupt, file_, ": piece ", count_, " has score ", score, ", expected a number");
    }
    const auto token_type = static_cast<TokenType>(type);
    // These are found before spaces are marked.
    if (token_type == TokenType::kUserDefined) text = tokenizer::with_spaces(text);
    vocabulary_.add(count_++, std::move(text), token_type, score);
  }

  void read_trainer(std::string_view bytes) {
    ProtobufReader reader(bytes, file_);
    for (ProtobufField field; reader.next(field);) {
      if (field.number == kModelType) trainer_.model_type = field.value;
      if (field.number == kWhitespaceAsSuffix) trainer_.whitespace_as_suffix = field.value != 0;
    }
  }

  void read_normalizer(std::string_view bytes) {
    ProtobufReader reader(bytes, file_);
    for (ProtobufField field; reader.next(field);) {
      const bool is_set = field.value != 0;
      if (field.number == kCharsmap) normalizer_.charsmap = field.bytes;
      if (field.number == kDummyPrefix) normalizer_.dummy_prefix = is_set;
      if (field.number == kRemoveExtraWhitespaces) normalizer_.remove_extra_whitespaces = is_set;
      if (field.number == kEscapeWhitespaces) normalizer_.escape_whitespaces = is_set;
    }
  }

  void check() const {
    if (trainer_.model_type != kBpe && trainer_.model_type != kUnigram) {
      constexpr const char* kNames[] = {"unknown", "unigram", "bpe", "word", "char"};
      fail(Code::kUnsupported, file_, ": is a model of type ",
           trainer_.model_type < 5 ? kNames[trainer_.model_type] : "unknown",
           ", expected bpe or unigram");
    }
    const auto refuse = [&](const char* what) {
      fail(Code::kUnsupported, file_, ": ", what, ", which is not supported");
    };
    if (trainer_.whitespace_as_suffix) refuse("has treat_whitespace_as_suffix");
    if (!normalizer_.escape_whitespaces) refuse("does not escape whitespaces");
    if (trainer_.model_type == kUnigram) return;
    if (!normalizer_.charsmap.empty()) refuse("normalises text by a table (precompiled_charsmap)");
    if (normalizer_.remove_extra_whitespaces) refuse("has remove_extra_whitespaces");
  }

  const std::string& file_;
  Vocabulary vocabulary_;
  int64_t count_ = 0;
  Trainer trainer_;
  Normalizer normalizer_;
};

}  // namespace

Vocabulary read_sentencepiece(std::string_view bytes, const std::string& file, int64_t rows) {
  return Importer(file, rows).read(bytes);
}

}  // namespace cria::convert
