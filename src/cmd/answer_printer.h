#pragma once
// Prints an answer as it comes: thinking apart from the text, lines broken at a terminal's width.

#include <string_view>

#include "cmd/answerer.h"
#include "cmd/word_wrap.h"

namespace cria::cmd {

// How answers look.
struct Look {
  bool verbose = false;  // with statistics
  bool wraps = true;     // at a terminal
  bool hides_thinking = false;
};

class AnswerPrinter {
 public:
  explicit AnswerPrinter(const Look& look);

  void print(Answerer::Part part, std::string_view piece);
  void finish();     // ends the line
  void break_off();  // likewise, if there is one
  const std::string& text() const { return text_; }
  const std::string& thinking() const { return thinking_; }

 private:
  void end_thinking();

  bool hides_thinking_, styles_;
  WordWrap wrap_;
  std::string text_, thinking_;  // all of each
  bool thinks_ = false, began_ = false;
};

}  // namespace cria::cmd
