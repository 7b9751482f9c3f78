#include "template/jinja/lexer.h"

#include <algorithm>
#include <array>
#include <utility>

#include "base/error.h"
#include "base/quote.h"

namespace cria::jinja {
namespace {

constexpr std::array<std::string_view, 27> kOperators = {
    "==", "!=", "<=", ">=", "//", "**", "+", "-", "~", "*", "/", "%", "(", ")",
    "[",  "]",  "{",  "}",  ",",  ".",  ":", "<", ">", "=", "|", ";", "!"};

bool is_space(char c) { return c == ' ' || (c >= '\t' && c <= '\r'); }
bool is_digit(char c) { return c >= '0' && c <= '9'; }
bool is_name_start(char c) { return c == '_' || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z'); }

class Lexer {
 public:
  explicit Lexer(std::string_view source) {
    for (size_t i = 0; i < source.size(); ++i) {
      if (source[i] == '\r' && i + 1 < source.size() && source[i + 1] == '\n') continue;
      source_ += source[i];
    }
    if (source_.ends_with('\n')) source_.pop_back();
  }

  std::vector<Token> run() {
    while (position_ < source_.size()) {
      const size_t tag = find_tag();
      add_text(tag);
      if (tag == source_.size()) break;
      position_ = tag + 2;
      if (position_ < source_.size() && (source_[position_] == '-' || source_[position_] == '+')) {
        ++position_;
      }
      read_tag(source_[tag + 1]);
    }
    add(Token::Kind::kEnd, "");
    return std::move(tokens_);
  }

 private:
  void add(Token::Kind kind, std::string text) { tokens_.push_back({kind, std::move(text)}); }
  std::string_view rest() const { return std::string_view(source_).substr(position_); }

  size_t find_tag() const {
    for (size_t i = position_; i + 1 < source_.size(); ++i) {
      if (source_[i] != '{') continue;
      const char next = source_[i + 1];
      if (next == '{' || next == '%' || next == '#') return i;
    }
    return source_.size();
  }

  // The text up to a tag, less the white space that the tag takes away.
  void add_text(size_t tag) {
    std::string_view text = std::string_view(source_).substr(position_, tag - position_);
    const std::string_view opening = std::string_view(source_).substr(tag, 3);
    if (opening.size() == 3 && opening[2] == '-') {
      while (!text.empty() && is_space(text.back())) text.remove_suffix(1);
    } else if (opening.size() == 3 && opening[1] != '{' && opening[2] != '+') {
      const size_t line = text.rfind('\n') + 1;  // 0 when there is no newline
      const bool at_line_start = line > 0 || position_ == 0 || source_[position_ - 1] == '\n';
      const bool is_blank = text.find_first_not_of(" \t", line) == std::string_view::npos;
      if (at_line_start && is_blank) text = text.substr(0, line);
    }
    if (!text.empty()) add(Token::Kind::kText, std::string(text));
  }

  void read_tag(char kind) {
    if (kind == '#') {
      const size_t end = source_.find("#}", position_);
      if (end == std::string::npos) fail(Error::Code::kUnsupported, "chat template: open comment");
      position_ = end;
      end_tag(source_[end - 1], kind);
      return;
    }
    add(kind == '{' ? Token::Kind::kOutputBegin : Token::Kind::kStatementBegin, "");
    const std::string closing = kind == '{' ? "}}" : "%}";
    int braces = 0;  // a dict may end in "}}" too
    while (true) {
      while (position_ < source_.size() && is_space(source_[position_])) ++position_;
      if (position_ == source_.size()) fail(Error::Code::kUnsupported, "chat template: open tag");
      const bool has_sign = rest().front() == '-' || rest().front() == '+';
      if (braces == 0 && rest().substr(has_sign).starts_with(closing)) {
        const char sign = has_sign ? rest().front() : ' ';
        position_ += has_sign;
        add(Token::Kind::kTagEnd, "");
        end_tag(sign, kind);
        return;
      }
      read_token(braces);
    }
  }

  // Past the two closing characters, and past the white space that the tag takes away.
  void end_tag(char sign, char kind) {
    position_ += 2;
    if (sign == '-') {
      while (position_ < source_.size() && is_space(source_[position_])) ++position_;
    } else if (kind != '{' && sign != '+' && rest().starts_with('\n')) {
      ++position_;
    }
  }

  void read_token(int& braces) {
    const char c = source_[position_];
    if (c == '\'' || c == '"') return read_string();
    const size_t begin = position_;
    if (is_name_start(c) || is_digit(c)) {
      while (position_ < source_.size() &&
             (is_name_start(source_[position_]) || is_digit(source_[position_]))) {
        ++position_;
      }
      const auto kind = is_digit(c) ? Token::Kind::kInteger : Token::Kind::kName;
      return add(kind, source_.substr(begin, position_ - begin));
    }
    for (const std::string_view op : kOperators) {
      if (!rest().starts_with(op)) continue;
      if (op == "{") ++braces;
      if (op == "}") --braces;
      position_ += op.size();
      return add(Token::Kind::kOperator, std::string(op));
    }
    fail(Error::Code::kUnsupported, "chat template: unexpected ", quote(rest().substr(0, 1)));
  }

  void read_string() {
    const char mark = source_[position_++];
    std::string text;
    while (position_ < source_.size() && source_[position_] != mark) {
      char c = source_[position_++];
      if (c == '\\') c = read_escape();
      text += c;
    }
    if (position_ == source_.size()) fail(Error::Code::kUnsupported, "chat template: open string");
    ++position_;
    add(Token::Kind::kString, text);
  }

  char read_escape() {
    const char c = position_ < source_.size() ? source_[position_++] : '\0';
    switch (c) {
      case 'n':
        return '\n';
      case 't':
        return '\t';
      case 'r':
        return '\r';
      case '\\':
      case '\'':
      case '"':
        return c;
      default:
        fail(Error::Code::kUnsupported, "chat template: unknown escape ", quote({&c, 1}));
    }
  }

  std::string source_;
  size_t position_ = 0;
  std::vector<Token> tokens_;
};

}  // namespace

std::vector<Token> tokenize(std::string_view source) { return Lexer(source).run(); }

}  // namespace cria::jinja
