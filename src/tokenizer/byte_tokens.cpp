#include "tokenizer/byte_tokens.h"

#include "tokenizer/space_mark.h"

namespace cria::tokenizer {
namespace {

int hex_digit(char c) {
  if (c >= '0' && c <= '9') return c - '0';
  if (c >= 'A' && c <= 'F') return c - 'A' + 10;
  if (c >= 'a' && c <= 'f') return c - 'a' + 10;
  return -1;
}

}  // namespace

int byte_of_token(std::string_view token) {
  if (token.size() != 6 || !token.starts_with("<0x") || token.back() != '>') return -1;
  const int high = hex_digit(token[3]), low = hex_digit(token[4]);
  return high < 0 || low < 0 ? -1 : high * 16 + low;
}

std::string text_of_piece(const Vocabulary& vocabulary, Id id) {
  const std::string& token = vocabulary.tokens[static_cast<size_t>(id)];
  if (vocabulary.types[static_cast<size_t>(id)] == TokenType::kByte) {
    return std::string(1, static_cast<char>(byte_of_token(token)));
  }
  return with_spaces(token);
}

ByteTokens::ByteTokens(const Vocabulary& vocabulary) {
  ids_.fill(-1);
  for (size_t i = 0; i < vocabulary.tokens.size(); ++i) {
    if (vocabulary.types[i] != TokenType::kByte) continue;
    Id& id = ids_[static_cast<size_t>(byte_of_token(vocabulary.tokens[i]))];
    if (id < 0) id = static_cast<Id>(i);
  }
}

bool ByteTokens::append(std::string_view bytes, std::vector<Id>& out) const {
  const size_t before = out.size();
  for (const char c : bytes) {
    const Id id = ids_[static_cast<unsigned char>(c)];
    if (id < 0) {
      out.resize(before);
      return false;
    }
    out.push_back(id);
  }
  return true;
}

}  // namespace cria::tokenizer
