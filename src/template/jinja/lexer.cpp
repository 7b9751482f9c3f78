#include "template/jinja/lexer.h"

#include <algorithm>
#include <array>
#include <utility>

#include "base/error.h"
#include "base/quote.h"
#include "template/jinja/escapes.h"
#include "template/jinja/strings.h"

namespace cria::jinja {
namespace {

using Kind = Token::Kind;

constexpr std::array<std::string_view, 26> kOperators = {
    "==", "!=", "<=", ">=", "//", "**", "+", "-", "~", "*", "/", "%", "(",
    ")",  "[",  "]",  "{",  "}",  ",",  ".", ":", "<", ">", "=", "|", ";"};

bool is_digit(char c) { return c >= '0' && c <= '9'; }
bool is_name(char c) {
  return c == '_' || is_digit(c) || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') ||
         (c & 0x80) != 0;
}

// Newlines of all kinds are one; the last one does not count.
std::string normalized(std::string_view source) {
  std::string text;
  for (size_t i = 0; i < source.size(); ++i) {
    if (source[i] != '\r') {
      text += source[i];
    } else if (i + 1 == source.size() || source[i + 1] != '\n') {
      text += '\n';
    }
  }
  if (text.ends_with('\n')) text.pop_back();
  return text;
}

class Lexer {
 public:
  Lexer(std::string_view name, std::string_view source)
      : name_(name), source_(normalized(source)) {}

  std::vector<Token> run() {
    while (position_ < source_.size()) {
      const size_t tag = find_tag();
      if (tag == source_.size()) {
        add_text(rest());
        advance(tag);
        break;
      }
      add_text(before_tag(tag));
      advance(tag);
      read_tag();
    }
    add(Kind::kEnd, "");
    return std::move(tokens_);
  }

 private:
  template <class... Args>
  [[noreturn]] void refuse(const Args&... what) const {
    fail(Error::Code::kInvalidArgument, place_text(name_, line_), what...);
  }

  std::string_view rest() const { return std::string_view(source_).substr(position_); }
  bool at_end() const { return position_ == source_.size(); }

  void advance(size_t to) {
    line_ += static_cast<int>(std::count(source_.begin() + static_cast<ptrdiff_t>(position_),
                                         source_.begin() + static_cast<ptrdiff_t>(to), '\n'));
    position_ = to;
  }
  void skip(size_t bytes) { advance(position_ + bytes); }
  void skip_space() { skip(rest().size() - strip(rest(), Side::kLeft).size()); }

  void add(Kind kind, std::string text) { tokens_.push_back({kind, std::move(text), line_}); }
  void add_text(std::string_view text) {
    if (!text.empty()) add(Kind::kText, std::string(text));
  }

  size_t find_tag() const {
    for (size_t i = position_; i + 1 < source_.size(); ++i) {
      if (source_[i] != '{') continue;
      const char next = source_[i + 1];
      if (next == '{' || next == '%' || next == '#') return i;
    }
    return source_.size();
  }

  // The text up to a tag, less the white space that the tag takes away.
  std::string_view before_tag(size_t tag) const {
    std::string_view text = rest().substr(0, tag - position_);
    const char sign = tag + 2 < source_.size() ? source_[tag + 2] : '\0';
    if (sign == '-') return strip(text, Side::kRight);
    if (sign == '+' || source_[tag + 1] == '{') return text;
    const size_t line = text.rfind('\n') + 1;  // 0 when there is no newline
    const bool begins_line = line > 0 || position_ == 0 || source_[position_ - 1] == '\n';
    const bool is_blank = strip(text.substr(line), Side::kLeft).empty();
    return begins_line && is_blank ? text.substr(0, line) : text;
  }

  // Past "-%}" and the white space behind it, "+%}", or "%}" and a newline behind it.
  bool accept_end(std::string_view closing, bool trims) {
    if (rest().starts_with(closing)) {
      skip(closing.size());
      if (trims && rest().starts_with('\n')) skip(1);
      return true;
    }
    if (rest().empty() || !rest().substr(1).starts_with(closing)) return false;
    const char sign = rest().front();
    if (sign != '-' && !(sign == '+' && trims)) return false;
    skip(1 + closing.size());
    if (sign == '-') skip_space();
    return true;
  }

  void read_tag() {
    const char kind = source_[position_ + 1];
    skip(2);
    if (kind == '#') return read_comment();
    if (kind == '%' && accept_raw()) return read_raw();
    if (!at_end() && (rest().front() == '-' || rest().front() == '+')) skip(1);
    const bool is_statement = kind == '%';
    add(is_statement ? Kind::kStatementBegin : Kind::kOutputBegin, is_statement ? "{%" : "{{");
    while (true) {
      skip_space();
      if (at_end()) refuse("the template ends in a tag");
      // A dict may end in "}}" too.
      if (open_.empty() && accept_end(is_statement ? "%}" : "}}", is_statement)) break;
      read_token();
    }
    add(is_statement ? Kind::kStatementEnd : Kind::kOutputEnd, is_statement ? "%}" : "}}");
  }

  void read_comment() {
    const size_t end = source_.find("#}", position_);
    if (end == std::string::npos) refuse("a comment has no end");
    const bool has_sign = end > position_ && (source_[end - 1] == '-' || source_[end - 1] == '+');
    advance(end - has_sign);
    accept_end("#}", true);
  }

  // The length of "NAME" with white space around it after an optional sign, or nothing.
  size_t word_length(std::string_view text, std::string_view word) const {
    std::string_view after = text;
    if (after.starts_with('-') || after.starts_with('+')) after.remove_prefix(1);
    after = strip(after, Side::kLeft);
    if (!after.starts_with(word)) return 0;
    return text.size() - strip(after.substr(word.size()), Side::kLeft).size();
  }

  bool accept_raw() {
    const size_t length = word_length(rest(), "raw");
    if (length == 0) return false;
    const std::string_view after = rest().substr(length);
    if (!after.starts_with("%}") && !after.starts_with("-%}")) return false;
    skip(length);
    return accept_end("%}", false);
  }

  void read_raw() {
    for (size_t tag = source_.find("{%", position_); tag != std::string::npos;
         tag = source_.find("{%", tag + 2)) {
      const std::string_view inside = std::string_view(source_).substr(tag + 2);
      const size_t length = word_length(inside, "endraw");
      const std::string_view after = inside.substr(length);
      const bool ends =
          after.starts_with("%}") || after.starts_with("-%}") || after.starts_with("+%}");
      if (length == 0 || !ends) continue;
      add_text(before_tag(tag));
      advance(tag + 2 + length);
      accept_end("%}", true);
      return;
    }
    refuse("raw has no endraw");
  }

  void read_token() {
    const char c = rest().front();
    if (c == '\'' || c == '"') return read_string();
    if (is_digit(c)) return read_number();
    if (is_name(c)) {
      size_t length = 1;
      while (length < rest().size() && is_name(rest()[length])) ++length;
      add(Kind::kName, std::string(rest().substr(0, length)));
      return skip(length);
    }
    for (const std::string_view op : kOperators) {
      if (!rest().starts_with(op)) continue;
      if (op.size() == 1) balance(op.front());
      add(Kind::kOperator, std::string(op));
      return skip(op.size());
    }
    refuse("unexpected ", quote(rest().substr(0, 1)));
  }

  void balance(char bracket) {
    constexpr std::string_view kOpening = "([{", kClosing = ")]}";
    if (const size_t i = kOpening.find(bracket); i != std::string_view::npos) {
      open_ += kClosing[i];
    } else if (kClosing.find(bracket) != std::string_view::npos) {
      if (open_.empty()) refuse("unexpected '", bracket, "'");
      if (open_.back() != bracket)
        refuse("unexpected '", bracket, "', expected '", open_.back(), "'");
      open_.pop_back();
    }
  }

  void read_string() {
    const std::string_view text = rest();
    size_t end = 1;
    while (end < text.size() && text[end] != text[0]) end += text[end] == '\\' ? 2 : 1;
    if (end >= text.size()) refuse("a string has no end");
    try {
      add(Kind::kString, unescape(text.substr(1, end - 1)));
    } catch (const Error& error) {
      fail(error.code(), place_text(name_, line_), error.what());
    }
    skip(end + 1);
  }

  // The length of digits with single underscores between them.
  size_t digits_length(size_t begin) const {
    const std::string_view text = rest();
    size_t end = begin;
    while (end < text.size() &&
           (is_digit(text[end]) || (text[end] == '_' && end > begin && end + 1 < text.size() &&
                                    is_digit(text[end + 1]) && is_digit(text[end - 1])))) {
      ++end;
    }
    return end - begin;
  }

  void read_number() {
    const std::string_view text = rest();
    const char second = text.size() > 1 ? static_cast<char>(text[1] | 0x20) : '\0';
    Kind kind = Kind::kInteger;
    size_t length = 0;
    if (text[0] == '0' && (second == 'x' || second == 'o' || second == 'b')) {
      length = 2;
      while (length < text.size() && is_name(text[length])) ++length;
    } else {
      length = digits_length(0);
      const bool follows_point = position_ > 0 && source_[position_ - 1] == '.';
      const size_t whole = length;
      if (!follows_point && length < text.size() && text[length] == '.') {
        if (const size_t more = digits_length(length + 1)) length += 1 + more;
      }
      if (!follows_point) length += exponent_length(length);
      if (length > whole) kind = Kind::kFloat;
    }
    std::string digits(text.substr(0, length));
    std::erase(digits, '_');
    add(kind, std::move(digits));
    skip(length);
  }

  size_t exponent_length(size_t begin) const {
    const std::string_view text = rest();
    if (begin >= text.size() || (text[begin] | 0x20) != 'e') return 0;
    const bool has_sign =
        begin + 1 < text.size() && (text[begin + 1] == '+' || text[begin + 1] == '-');
    const size_t digits = digits_length(begin + 1 + has_sign);
    return digits == 0 ? 0 : 1 + has_sign + digits;
  }

  std::string_view name_;
  std::string source_;
  size_t position_ = 0;
  int line_ = 1;
  std::string open_;  // the brackets that close what is open
  std::vector<Token> tokens_;
};

}  // namespace

std::string place_text(std::string_view name, int line) {
  return concat("template: ", name, ":", line, ": ");
}

std::vector<Token> tokenize(std::string_view name, std::string_view source) {
  return Lexer(name, source).run();
}

}  // namespace cria::jinja
