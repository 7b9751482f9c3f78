// Keyword arguments and literals as Python writes them.

#include <cctype>
#include <utility>

#include "template/reply/arguments.h"
#include "template/reply/json_text.h"

namespace cria::chat {
namespace {

bool is_name(char c) { return std::isalnum(static_cast<unsigned char>(c)) || c == '_'; }

// "" is none of Python's and of JSON's constants.
std::string_view constant(std::string_view word) {
  if (word == "True" || word == "true") return "true";
  if (word == "False" || word == "false") return "false";
  if (word == "None" || word == "null") return "null";
  return "";
}

class PythonArguments final : public CallReader {
 public:
  explicit PythonArguments(CallSink& sink) : writer_(sink) {}

  Step add(char c) override {
    switch (at_) {
      case At::kFirstKey:
      case At::kKey:
        return add_to_key(c);
      case At::kEquals:
        if (is_space(c)) return Step::kMore;
        if (c != '=') return Step::kBroken;
        at_ = At::kValue;
        writer_.put(std::exchange(has_begun_, true) ? ", " : "{");
        return writer_.put(json_string(std::exchange(word_, {})) + ": ");
      case At::kValue:
        return add_to_value(c);
      case At::kString:
        return add_to_string(c);
      case At::kEscape:
        return add_escaped(c);
      case At::kHex:
        return add_hex(c);
    }
    return Step::kBroken;
  }

 private:
  enum class At : uint8_t { kFirstKey, kKey, kEquals, kValue, kString, kEscape, kHex };

  Step add_to_key(char c) {
    if (is_name(c)) {
      word_ += c;
      return Step::kMore;
    }
    if (word_.empty() && is_space(c)) return Step::kMore;
    // A comma may stand before the end.
    if (word_.empty() && c == ')') return writer_.put(has_begun_ ? "}" : "{}");
    if (word_.empty()) return Step::kBroken;
    at_ = At::kEquals;
    return add(c);
  }

  Step add_to_value(char c) {
    if (is_name(c) || c == '.' || c == '-' || c == '+') {
      word_ += c;
      return Step::kMore;
    }
    if (!put_word()) return Step::kBroken;
    if (is_space(c)) return Step::kMore;
    if (open_.empty() && c == ')') return writer_.put('}');
    if (open_.empty() && c == ',') {
      at_ = At::kKey;
      return Step::kMore;
    }
    if (c == '"' || c == '\'') {
      quote_ = c;
      at_ = At::kString;
      return writer_.put('"');
    }
    if (c == '(' || c == '[' || c == '{') open_ += c == '(' ? ')' : c == '[' ? ']' : '}';
    if (c == ')' || c == ']' || c == '}') {
      if (open_.empty() || open_.back() != c) return Step::kBroken;
      open_.pop_back();
    }
    return writer_.put(c == '(' ? '[' : c == ')' ? ']' : c);
  }

  bool put_word() {
    const std::string word = std::exchange(word_, {});
    if (word.empty()) return true;
    const bool is_number = !std::isalpha(static_cast<unsigned char>(word[0])) && word[0] != '_';
    const std::string_view json = is_number ? std::string_view(word) : constant(word);
    return !json.empty() && writer_.put(json) != Step::kBroken;
  }

  Step add_to_string(char c) {
    if (c == '\\') {
      at_ = At::kEscape;
      return Step::kMore;
    }
    if (c != quote_) return put_char(c);
    at_ = At::kValue;
    return writer_.put('"');
  }

  Step put_char(char c) {
    std::string escaped;
    append_escaped(escaped, c);
    return writer_.put(escaped);
  }

  // Others than Python's stay as they are.
  Step add_escaped(char c) {
    constexpr std::string_view kNames = "\\'\"abfnrtv", kMeant = "\\'\"\a\b\f\n\r\t\v";
    at_ = At::kString;
    if (c == 'x' || c == 'u') {
      at_ = At::kHex;
      digits_ = c == 'x' ? 2 : 4;
      return writer_.put(c == 'x' ? "\\u00" : "\\u");
    }
    if (c == '\n') return Step::kMore;
    const size_t which = kNames.find(c);
    if (which != std::string_view::npos) return put_char(kMeant[which]);
    return put_char('\\') == Step::kBroken ? Step::kBroken : put_char(c);
  }

  Step add_hex(char c) {
    if (hex_digit(c) < 0) return Step::kBroken;
    if (--digits_ == 0) at_ = At::kString;
    return writer_.put(c);
  }

  ArgumentsWriter writer_;
  At at_ = At::kFirstKey;
  bool has_begun_ = false;
  std::string word_;
  std::string open_;  // what closes the lists, tuples and dictionaries that are open
  char quote_ = 0;
  int digits_ = 0;
};

}  // namespace

std::unique_ptr<CallReader> python_arguments(CallSink& sink) {
  return std::make_unique<PythonArguments>(sink);
}

}  // namespace cria::chat
