#include "cmd/word_wrap.h"

#include <algorithm>
#include <cwchar>

#include "base/error.h"
#include "cmd/utf8.h"

namespace cria::cmd {
namespace {

// Columns that a terminal gives a character: two for those of East Asia, none for accents.
int width_of(std::string_view character) {
  std::mbstate_t state{};
  wchar_t wide = 0;
  const size_t length = std::mbrtowc(&wide, character.data(), character.size(), &state);
  if (length == static_cast<size_t>(-1) || length == static_cast<size_t>(-2)) return 1;
  return std::max(0, ::wcwidth(wide));
}

}  // namespace

std::string WordWrap::add(std::string_view piece) {
  if (columns_ == 0) return std::string(piece);
  std::string out;
  while (!piece.empty()) {
    const std::string_view character = piece.substr(0, std::max<size_t>(1, utf8_length(piece)));
    piece.remove_prefix(character.size());
    if (character != "\n" && character != " ") {
      add_to_word(out, character);
      continue;
    }
    const bool breaks = character == "\n" || column_ >= columns_;
    out += breaks ? '\n' : ' ';
    column_ = breaks ? 0 : column_ + 1;
    word_.clear();
    word_width_ = 0;
  }
  return out;
}

void WordWrap::add_to_word(std::string& out, std::string_view character) {
  const int width = width_of(character);
  if (column_ + width > columns_) {
    if (word_width_ < column_) {
      if (word_width_ > 0) out += concat("\033[", word_width_, "D\033[K");
      out += '\n' + word_;
      column_ = word_width_;
    } else {  // longer than a line
      out += '\n';
      column_ = 0;
      word_.clear();
      word_width_ = 0;
    }
  }
  out += character;
  word_ += character;
  word_width_ += width;
  column_ += width;
}

}  // namespace cria::cmd
