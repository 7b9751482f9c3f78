#include "tokenizer/special_tokens.h"

namespace cria::tokenizer {

SpecialTokens::SpecialTokens(const Vocabulary& vocabulary) {
  for (size_t i = 0; i < vocabulary.tokens.size(); ++i) {
    const TokenType type = vocabulary.types[i];
    if (type == TokenType::kControl || type == TokenType::kUserDefined) {
      add(vocabulary.tokens[i], static_cast<Id>(i), type == TokenType::kControl);
    }
  }
}

void SpecialTokens::add(std::string_view text, Id id, bool control) {
  uint32_t node = 0;
  for (const char c : text) {
    const auto byte = static_cast<unsigned char>(c);
    uint32_t next = node == 0 ? first_[byte] : child(nodes_[node], byte);
    if (next == 0) {
      next = static_cast<uint32_t>(nodes_.size());
      nodes_.emplace_back();
      if (node == 0) {
        first_[byte] = next;
      } else {
        nodes_[node].children.emplace_back(byte, next);
      }
    }
    node = next;
  }
  // Of two tokens with the same text the first one counts.
  if (nodes_[node].id < 0) {
    nodes_[node].id = id;
    nodes_[node].control = control;
  }
}

uint32_t SpecialTokens::child(const Node& node, unsigned char byte) const {
  for (const auto& [label, index] : node.children) {
    if (label == byte) return index;
  }
  return 0;
}

SpecialTokens::Match SpecialTokens::longest(std::string_view text, size_t position,
                                            size_t trusted_end) const {
  Match best;
  uint32_t node = first_[static_cast<unsigned char>(text[position])];
  for (size_t end = position + 1; node != 0; ++end) {
    const Node& here = nodes_[node];
    if (here.id >= 0 && (!here.control || end <= trusted_end)) best = {here.id, end};
    if (end == text.size()) break;
    node = child(here, static_cast<unsigned char>(text[end]));
  }
  return best;
}

}  // namespace cria::tokenizer
