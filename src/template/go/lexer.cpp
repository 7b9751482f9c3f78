#include "template/go/lexer.h"

#include <algorithm>
#include <array>

#include "base/error.h"
#include "base/quote.h"
#include "template/common/unicode.h"

namespace cria::go {
namespace {

using Kind = Token::Kind;

constexpr std::string_view kLeft = "{{", kRight = "}}", kTrimmedRight = "-}}";
constexpr std::string_view kSpaces = " \t\r\n";
constexpr std::array<std::string_view, 11> kKeywords = {"block", "break",    "continue", "define",
                                                        "else",  "end",      "if",       "nil",
                                                        "range", "template", "with"};

bool is_space(char c) { return kSpaces.find(c) != std::string_view::npos; }
bool is_name(char32_t code) { return code == '_' || chat::is_letter_or_digit(code); }

std::string_view without_trailing_space(std::string_view text) {
  return text.substr(0, text.find_last_not_of(kSpaces) + 1);
}

class Lexer {
 public:
  explicit Lexer(std::string_view source) : source_(source) {}

  std::vector<Token> run() {
    while (!done_) lex_text();
    return std::move(tokens_);
  }

 private:
  std::string_view rest() const { return source_.substr(position_); }
  bool at(std::string_view text) const { return rest().starts_with(text); }
  char peek() const { return position_ < source_.size() ? source_[position_] : '\0'; }
  bool at_space() const { return position_ < source_.size() && is_space(source_[position_]); }
  bool at_name() const { return !rest().empty() && is_name(chat::decode_rune(rest()).code); }
  // A trim marker needs white space on its other side.
  bool at_trimmed_right() const {
    return at_space() && rest().substr(1).starts_with(kTrimmedRight);
  }

  void emit(Kind kind, size_t begin) {
    tokens_.push_back({kind, begin, source_.substr(begin, position_ - begin), {}});
  }
  void fail_at(size_t begin, std::string message) {
    tokens_.push_back({Kind::kError, begin, {}, std::move(message)});
    done_ = true;
  }
  void skip_space() {
    position_ = std::min(source_.find_first_not_of(kSpaces, position_), source_.size());
  }

  void lex_text() {
    const size_t begin = position_;
    const size_t left = source_.find(kLeft, begin);
    position_ = std::min(left, source_.size());
    std::string_view text = source_.substr(begin, position_ - begin);
    const bool is_last = left == std::string_view::npos;
    bool trims = false;
    if (!is_last) {
      const std::string_view after = rest().substr(kLeft.size());
      trims = after.size() >= 2 && after[0] == '-' && is_space(after[1]);
    }
    if (trims) text = without_trailing_space(text);
    if (!text.empty()) tokens_.push_back({Kind::kText, begin, text, {}});
    if (is_last) {
      emit(Kind::kEnd, position_);
      done_ = true;
      return;
    }
    const size_t action = position_;
    position_ += kLeft.size() + (trims ? 2 : 0);
    if (at("/*")) return lex_comment(action);
    tokens_.push_back({Kind::kLeftDelimiter, action, kLeft, {}});
    parentheses_ = 0;
    while (!done_ && lex_in_action()) {
    }
  }

  void lex_comment(size_t begin) {
    const size_t end = source_.find("*/", position_ + 2);
    if (end == std::string_view::npos) return fail_at(begin, "unclosed comment");
    position_ = end + 2;
    if (!at_trimmed_right() && !at(kRight)) {
      return fail_at(begin, "comment ends before closing delimiter");
    }
    close_action();
  }

  void close_action() {
    const bool trims = !at(kRight);
    position_ += kRight.size() + (trims ? 2 : 0);
    if (trims) skip_space();
  }

  // False at the end of the action.
  bool lex_in_action() {
    const size_t begin = position_;
    if (at(kRight) || at_trimmed_right()) {
      if (parentheses_ > 0) return fail_at(begin, "unclosed left parenthesis"), false;
      close_action();
      tokens_.push_back({Kind::kRightDelimiter, begin, kRight, {}});
      return false;
    }
    if (rest().empty()) return fail_at(begin, "unclosed action"), false;
    if (at_space()) return lex_space(), true;
    if (at_name() && !(peek() >= '0' && peek() <= '9')) return lex_word(Kind::kIdentifier), true;
    const char c = peek();
    const char next = position_ + 1 < source_.size() ? source_[position_ + 1] : '\0';
    const bool next_is_digit = next >= '0' && next <= '9';
    if ((c >= '0' && c <= '9') || c == '+' || c == '-' || (c == '.' && next_is_digit)) {
      return lex_number(), true;
    }
    switch (c) {
      case '"':
        return lex_quoted(Kind::kString, "unterminated quoted string"), true;
      case '\'':
        return lex_quoted(Kind::kCharacter, "unterminated character constant"), true;
      case '`':
        return lex_raw_string(), true;
      case '$':
        return lex_word(Kind::kVariable), true;
      case '.':
        return lex_word(Kind::kField), true;
      default:
        return lex_sign(c, next), true;
    }
  }

  // A trim marker takes the space before it.
  void lex_space() {
    const size_t begin = position_;
    skip_space();
    if (at(kTrimmedRight)) --position_;
    if (position_ > begin) emit(Kind::kSpace, begin);
  }

  void lex_sign(char c, char next) {
    const size_t begin = position_;
    position_ += chat::decode_rune(rest()).size;
    if (c == '=') return emit(Kind::kAssign, begin);
    if (c == '|') return emit(Kind::kPipe, begin);
    if (c == '(') return ++parentheses_, emit(Kind::kLeftParenthesis, begin);
    if (c == ')') {
      if (--parentheses_ < 0) return fail_at(begin, "unexpected right parenthesis");
      return emit(Kind::kRightParenthesis, begin);
    }
    if (c == ':') {
      if (next != '=') return fail_at(begin, "expected :=");
      ++position_;
      return emit(Kind::kDeclare, begin);
    }
    if (c > ' ' && c < '\x7f') return emit(Kind::kOther, begin);
    fail_at(begin, concat("unrecognized character ",
                          quote(source_.substr(begin, position_ - begin)), " in action"));
  }

  // A name, or a dot or dollar with a name or nothing behind.
  void lex_word(Kind kind) {
    const size_t begin = position_;
    if (kind != Kind::kIdentifier) ++position_;
    while (at_name()) position_ += chat::decode_rune(rest()).size;
    const std::string_view word = source_.substr(begin, position_ - begin);
    const bool ends = rest().empty() || at_space() || at(kRight) ||
                      std::string_view(".,|:)(").find(peek()) != std::string_view::npos;
    if (!ends) {
      const std::string_view bad = rest().substr(0, chat::decode_rune(rest()).size);
      return fail_at(begin, concat("bad character ", quote(bad), " after ", quote(word)));
    }
    if (word == ".") kind = Kind::kDot;
    if (word == "true" || word == "false") kind = Kind::kBool;
    if (std::ranges::find(kKeywords, word) != kKeywords.end()) kind = Kind::kKeyword;
    emit(kind, begin);
  }

  void lex_quoted(Kind kind, const char* unterminated) {
    const size_t begin = position_;
    const char end = peek();
    for (++position_; peek() != end; ++position_) {
      if (peek() == '\\') ++position_;
      if (position_ >= source_.size() || peek() == '\n') return fail_at(begin, unterminated);
    }
    ++position_;
    emit(kind, begin);
  }

  void lex_raw_string() {
    const size_t begin = position_;
    const size_t end = source_.find('`', begin + 1);
    if (end == std::string_view::npos) return fail_at(begin, "unterminated raw quoted string");
    position_ = end + 1;
    emit(Kind::kRawString, begin);
  }

  bool accept(std::string_view characters) {
    if (rest().empty() || characters.find(peek()) == std::string_view::npos) return false;
    ++position_;
    return true;
  }
  void accept_all(std::string_view characters) {
    while (accept(characters)) {
    }
  }

  // "1+2i" is one number: what follows a sign must be imaginary.
  void lex_number() {
    const size_t begin = position_;
    bool is_good = scan_number();
    if (is_good && (peek() == '+' || peek() == '-')) {
      is_good = scan_number() && source_[position_ - 1] == 'i';
    }
    if (!is_good) {
      const std::string number = quote(source_.substr(begin, position_ - begin));
      return fail_at(begin, "bad number syntax: " + number);
    }
    emit(Kind::kNumber, begin);
  }

  // False with the position behind the first character that does not belong to one.
  bool scan_number() {
    std::string_view digits = "0123456789_", exponent = "eE";
    accept("+-");
    if (accept("0")) {
      if (accept("xX")) {
        digits = "0123456789abcdefABCDEF_";
        exponent = "pP";
      } else if (accept("oO")) {
        digits = "01234567_";
        exponent = "";
      } else if (accept("bB")) {
        digits = "01_";
        exponent = "";
      }
    }
    accept_all(digits);
    if (accept(".")) accept_all(digits);
    if (accept(exponent)) {
      accept("+-");
      accept_all("0123456789_");
    }
    accept("i");
    if (!at_name()) return true;
    position_ += chat::decode_rune(rest()).size;
    return false;
  }

  std::string_view source_;
  size_t position_ = 0;
  int parentheses_ = 0;
  bool done_ = false;
  std::vector<Token> tokens_;
};

}  // namespace

std::vector<Token> tokenize(std::string_view source) { return Lexer(source).run(); }

}  // namespace cria::go
