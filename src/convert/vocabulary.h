#pragma once
// A tokenizer's vocabulary on its way from a checkpoint's folder to a file.

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "fs/gguf/write.h"

namespace cria::convert {

// GGUF's numbers.
enum class TokenType : int32_t { kNormal = 1, kUnknown, kControl, kUserDefined, kUnused, kByte };

class Vocabulary {
 public:
  // As many tokens as the model has embeddings; those that nobody adds are fillers. `file` is for
  // messages.
  Vocabulary(int64_t rows, std::string file);

  // Corrupt: an id out of range or taken.
  void add(int64_t id, std::string text, TokenType type, float score = 0);
  // A token that stands above all others: new, or given another type.
  void add_special(int64_t id, const std::string& text, TokenType type, const std::string& file);

  struct Token {
    std::string text;
    TokenType type = TokenType::kUnused;
    float score = 0;
    bool is_there = false;
  };
  // Of an id below rows().
  const Token& token(int64_t id) const { return tokens_[static_cast<size_t>(id)]; }
  Token& token(int64_t id) { return tokens_[static_cast<size_t>(id)]; }

  std::optional<int64_t> find(const std::string& text) const;
  std::optional<int64_t> unknown() const;  // the first token of that type
  int64_t rows() const { return static_cast<int64_t>(tokens_.size()); }
  const std::string& file() const { return file_; }

  std::string model{};  // "gpt2" (byte-level BPE), "llama" (SentencePiece's BPE), "t5"
                        // (its unigram model) or "bert"
  std::string pre{};    // name of the pre-tokenizer
  std::vector<std::string> merges{};  // "left right", best first
  std::optional<bool> add_bos{}, add_eos{}, add_space_prefix{}, lowercase{};
  std::optional<bool> remove_extra_whitespaces{};
  std::string precompiled_charsmap{};
  bool obeys_flags = false;            // tokenizer_config.json decides about the flags
  std::vector<std::string> notices{};  // what is lost

  // Writes tokenizer.ggml.*.
  void write(gguf::Writer& to) const;

 private:
  void check_id(int64_t id, const std::string& text, const std::string& file) const;

  std::string file_;
  std::vector<Token> tokens_;
  std::unordered_map<std::string, int64_t> ids_;
};

}  // namespace cria::convert
