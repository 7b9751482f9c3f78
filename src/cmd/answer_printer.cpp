#include "cmd/answer_printer.h"

#include <unistd.h>

#include "cmd/interrupt.h"
#include "cmd/output.h"
#include "cmd/terminal.h"

namespace cria::cmd {
namespace {

constexpr const char *kDim = "\033[2m", *kPlain = "\033[0m";

int columns(bool wraps) {
  return wraps && output_is_terminal() ? terminal_columns(STDOUT_FILENO) : 0;
}

}  // namespace

AnswerPrinter::AnswerPrinter(const Look& look)
    : hides_thinking_(look.hides_thinking),
      styles_(output_is_terminal()),
      wrap_(columns(look.wraps)) {}

void AnswerPrinter::print(Answerer::Part part, std::string_view piece) {
  const BlockInterrupts block;  // writing is not to be cut short
  const bool thinking = part == Answerer::Part::kThinking;
  (thinking ? thinking_ : text_) += piece;
  if (thinking && hides_thinking_) return;
  if (thinking && !thinks_) {
    thinks_ = true;
    if (styles_) cmd::print(kDim);
    cmd::print(wrap_.add("Thinking...\n"));
  } else if (!thinking && thinks_) {
    end_thinking();
  }
  began_ = true;
  cmd::print(wrap_.add(piece));
  flush();
}

void AnswerPrinter::end_thinking() {
  thinks_ = false;
  cmd::print(
      wrap_.add(thinking_.ends_with('\n') ? "...done thinking.\n\n" : "\n...done thinking.\n\n"));
  if (styles_) cmd::print(kPlain);
}

void AnswerPrinter::finish() {
  if (thinks_) end_thinking();
  cmd::print("\n");
  flush();
}

void AnswerPrinter::break_off() {
  if (began_) finish();
}

}  // namespace cria::cmd
