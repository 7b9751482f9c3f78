#pragma once
// A cursor over the tokens of a template, for the parsers.

#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/error.h"
#include "base/quote.h"
#include "template/jinja/lexer.h"

namespace cria::jinja {

// A template nested deeper than this is no chat template; the stack has its limits.
inline constexpr int kMaxDepth = 100;

inline void check_depth(int depth) {
  if (depth > kMaxDepth) fail(Error::Code::kUnsupported, "chat template: nested too deeply");
}

class TokenStream {
 public:
  explicit TokenStream(std::vector<Token> tokens) : tokens_(std::move(tokens)) {}

  const Token& token() const { return tokens_[position_]; }
  bool at(Token::Kind kind) const { return token().kind == kind; }
  bool at(Token::Kind kind, std::string_view text) const {
    return at(kind) && token().text == text;
  }
  bool at_operator(std::string_view text) const { return at(Token::Kind::kOperator, text); }
  bool at_name(std::string_view text) const { return at(Token::Kind::kName, text); }
  // The one after the present one, which must not be the end.
  const Token& next() const { return tokens_[position_ + 1]; }
  // Moves on, but never past the end.
  std::string take() {
    std::string text = token().text;
    if (!at(Token::Kind::kEnd)) ++position_;
    return text;
  }
  bool accept_operator(std::string_view text) { return at_operator(text) && (take(), true); }
  bool accept_name(std::string_view text) { return at_name(text) && (take(), true); }
  void expect_operator(std::string_view text) {
    if (!accept_operator(text)) unexpected();
  }
  std::string expect(Token::Kind kind) {
    if (!at(kind)) unexpected();
    return take();
  }
  [[noreturn]] void unexpected() const {
    fail(Error::Code::kUnsupported, "chat template: unexpected ", quote(token().text), " at token ",
         position_);
  }

 private:
  std::vector<Token> tokens_;  // the last one is the end
  size_t position_ = 0;
};

// Counts how deep the parser is in the template, which nests as deep as the parser recurses.
class Nesting {
 public:
  explicit Nesting(int& depth) : depth_(depth) { check_depth(++depth_); }
  ~Nesting() { --depth_; }
  Nesting(const Nesting&) = delete;
  Nesting& operator=(const Nesting&) = delete;

 private:
  int& depth_;
};

}  // namespace cria::jinja
