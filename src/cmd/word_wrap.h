#pragma once
// Breaks lines between words while text comes in pieces.

#include <string>
#include <string_view>

namespace cria::cmd {

class WordWrap {
 public:
  // As many columns as a terminal has, of which the last stays free: there, cursors behave
  // differently. 0: lines are not broken.
  explicit WordWrap(int columns) : columns_(columns > 1 ? columns - 1 : 0) {}

  // What to print for a piece. A word that turns out too long for the rest of its line is deleted
  // there and printed on the next one.
  std::string add(std::string_view piece);

 private:
  void add_to_word(std::string& out, std::string_view character);

  int columns_;
  int column_ = 0;    // of the cursor
  std::string word_;  // the last one, as far as it is printed
  int word_width_ = 0;
};

}  // namespace cria::cmd
