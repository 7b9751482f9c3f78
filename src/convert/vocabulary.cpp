#include "convert/vocabulary.h"

#include <utility>

#include "base/error.h"
#include "base/quote.h"

namespace cria::convert {
namespace {

using Code = Error::Code;

// Tokens without a text of their own cannot come out of text, nor be printed.
constexpr float kFillerScore = -10000;

}  // namespace

Vocabulary::Vocabulary(int64_t rows, std::string file)
    : file_(std::move(file)), tokens_(static_cast<size_t>(rows)) {}

void Vocabulary::check_id(int64_t id, const std::string& text, const std::string& file) const {
  if (id < 0 || id >= rows()) {
    fail(Code::kCorrupt, file, ": token ", quote(text), " has id ", id,
         ", expected one below the vocab_size of config.json, which is ", rows());
  }
}

void Vocabulary::add(int64_t id, std::string text, TokenType type, float score) {
  check_id(id, text, file_);
  Token& token = tokens_[static_cast<size_t>(id)];
  if (token.is_there) {
    fail(Code::kCorrupt, file_, ": tokens ", quote(token.text), " and ", quote(text),
         " both have id ", id);
  }
  ids_.emplace(text, id);
  if (text.empty()) type = TokenType::kUnused;
  token = {std::move(text), type, score, true};
}

void Vocabulary::add_special(int64_t id, const std::string& text, TokenType type,
                             const std::string& file) {
  check_id(id, text, file);
  Token& token = tokens_[static_cast<size_t>(id)];
  if (!token.is_there) return add(id, text, type);
  if (token.text != text) {
    fail(Code::kCorrupt, file, ": token ", quote(text), " has id ", id, ", which is that of ",
         quote(token.text));
  }
  if (token.type != TokenType::kUnknown) token.type = type;
}

std::optional<int64_t> Vocabulary::find(const std::string& text) const {
  const auto found = ids_.find(text);
  return found == ids_.end() ? std::nullopt : std::optional(found->second);
}

std::optional<int64_t> Vocabulary::unknown() const {
  for (size_t id = 0; id < tokens_.size(); ++id) {
    if (tokens_[id].type == TokenType::kUnknown) return static_cast<int64_t>(id);
  }
  return std::nullopt;
}

void Vocabulary::write(gguf::Writer& to) const {
  std::vector<std::string> texts;
  std::vector<int32_t> types;
  std::vector<float> scores;
  for (size_t id = 0; id < tokens_.size(); ++id) {
    const Token& token = tokens_[id];
    texts.push_back(token.is_there && !token.text.empty() ? token.text : concat("[PAD", id, ']'));
    types.push_back(static_cast<int32_t>(token.type));
    scores.push_back(token.is_there ? token.score : kFillerScore);
  }
  to.metadata("tokenizer.ggml.model", model);
  if (!pre.empty()) to.metadata("tokenizer.ggml.pre", pre);
  to.metadata("tokenizer.ggml.tokens", std::move(texts));
  if (model == "llama" || model == "t5") to.metadata("tokenizer.ggml.scores", std::move(scores));
  to.metadata("tokenizer.ggml.token_type", std::move(types));
  if (!merges.empty()) to.metadata("tokenizer.ggml.merges", merges);
  if (add_bos) to.metadata("tokenizer.ggml.add_bos_token", *add_bos);
  if (add_eos) to.metadata("tokenizer.ggml.add_eos_token", *add_eos);
  if (lowercase) to.metadata("tokenizer.ggml.normalizer.lowercase", *lowercase);
  if (add_space_prefix) to.metadata("tokenizer.ggml.add_space_prefix", *add_space_prefix);
  if (remove_extra_whitespaces) {
    to.metadata("tokenizer.ggml.remove_extra_whitespaces", *remove_extra_whitespaces);
  }
  if (!precompiled_charsmap.empty()) {
    to.metadata("tokenizer.ggml.precompiled_charsmap",
                std::vector<uint8_t>(precompiled_charsmap.begin(), precompiled_charsmap.end()));
  }
}

}  // namespace cria::convert
