#include "tokenizer/normalizer.h"

#include <algorithm>

#include "tokenizer/space_mark.h"
#include "tokenizer/unicode.h"

namespace cria::tokenizer {

Normalizer::Normalizer(const Vocabulary& vocabulary)
    : charsmap_(vocabulary.precompiled_charsmap),
      adds_prefix_(vocabulary.add_space_prefix),
      removes_spaces_(vocabulary.remove_extra_whitespaces) {}

// What the text begins with, and what stands for it.
Charsmap::Match Normalizer::next(std::string_view text) const {
  const Charsmap::Match rule = charsmap_.longest(text);
  if (rule.length > 0) return rule;
  constexpr std::string_view kReplacement = "\xef\xbf\xbd";  // U+FFFD
  const Rune rune = rune_at(text, 0);
  if (rune.value == Rune::kInvalid) return {1, kReplacement};
  return {rune.length, text.substr(0, rune.length)};
}

std::string Normalizer::normalize(std::string_view text) const {
  if (removes_spaces_) {
    while (!text.empty()) {
      const Charsmap::Match first = next(text);
      if (first.replacement != " ") break;
      text.remove_prefix(first.length);
    }
  }
  std::string out;
  if (text.empty()) return out;
  out.reserve(text.size() + text.size() / 4);
  if (adds_prefix_) out += kSpaceMark;
  bool after_space = removes_spaces_;
  while (!text.empty()) {
    auto [length, part] = next(text);
    text.remove_prefix(length);
    if (removes_spaces_ && after_space) {
      part.remove_prefix(std::min(part.find_first_not_of(' '), part.size()));
    }
    for (const char c : part) {
      if (c == ' ') {
        out += kSpaceMark;
      } else {
        out += c;
      }
    }
    if (!part.empty()) after_space = part.ends_with(' ');
  }
  // As the original has it, marks of the text itself go too.
  while (removes_spaces_ && out.ends_with(kSpaceMark)) out.resize(out.size() - kSpaceMark.size());
  return out;
}

}  // namespace cria::tokenizer
