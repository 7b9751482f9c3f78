// Arguments with bare keys, and with texts between quotes of the format's own:
// {a:1,b:<escape>x<escape>}.

#include <utility>

#include "template/reply/arguments.h"
#include "template/reply/json_text.h"
#include "template/reply/marker_scanner.h"

namespace cria::chat {
namespace {

class QuotedArguments final : public CallReader {
 public:
  QuotedArguments(CallSink& sink, const CallSyntax& syntax) : writer_(sink) {
    quotes_.look_for({syntax.quote});
  }

  Step add(char c) override {
    quotes_.put(c);
    for (int found; (found = quotes_.next()) != MarkerScanner::kNothing;) {
      const Step step = found == MarkerScanner::kByte ? add_byte(quotes_.byte()) : add_quote();
      if (step != Step::kMore) return step;
    }
    return Step::kMore;
  }

 private:
  // A quote begins or ends a text; around a key it says nothing.
  Step add_quote() {
    if (containers_.empty()) return Step::kBroken;
    if (expects_key_) {
      is_text_ = !is_text_;
      return Step::kMore;
    }
    is_text_ = !is_text_;
    return writer_.put('"');
  }

  Step add_byte(char c) {
    if (expects_key_) return add_to_key(c);
    if (is_text_) {
      std::string escaped;
      append_escaped(escaped, c);
      return writer_.put(escaped);
    }
    return add_to_value(c);
  }

  Step add_to_key(char c) {
    const bool is_end = c == '}' && trimmed(word_).empty() && !is_text_;
    if (is_end) {
      expects_key_ = false;
      return close(c);
    }
    if (c != ':' || is_text_) {
      word_ += c;
      return Step::kMore;
    }
    expects_key_ = false;
    const std::string key = std::exchange(word_, {});
    return writer_.put(json_string(trimmed(key)) + ":");
  }

  Step add_to_value(char c) {
    if (c == '{' || c == '[') {
      if (containers_.empty() && c == '[') return Step::kBroken;
      containers_ += c;
      expects_key_ = c == '{';
      return writer_.put(c);
    }
    if (containers_.empty()) return is_space(c) ? Step::kMore : Step::kBroken;
    if (c == '}' || c == ']') return close(c);
    if (c == ',') expects_key_ = containers_.back() == '{';
    return writer_.put(c);
  }

  Step close(char c) {
    containers_.pop_back();
    return writer_.put(c);
  }

  ArgumentsWriter writer_;
  MarkerScanner quotes_;
  std::string containers_;  // those that are open
  bool expects_key_ = false, is_text_ = false;
  std::string word_;
};

}  // namespace

std::unique_ptr<CallReader> quoted_arguments(CallSink& sink, const CallSyntax& syntax) {
  return std::make_unique<QuotedArguments>(sink, syntax);
}

}  // namespace cria::chat
