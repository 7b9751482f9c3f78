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

class TokenStream {
 public:
  TokenStream(std::string_view name, std::string_view source)
      : name_(name), tokens_(tokenize(name, source)) {}

  const Token& token() const { return tokens_[position_]; }
  int line() const { return token().line; }
  bool at(Token::Kind kind) const { return token().kind == kind; }
  bool at(Token::Kind kind, std::string_view text) const {
    return at(kind) && token().text == text;
  }
  bool at_operator(std::string_view text) const { return at(Token::Kind::kOperator, text); }
  bool at_name(std::string_view text) const { return at(Token::Kind::kName, text); }
  // The one after the present one; the end follows itself.
  const Token& next() const { return tokens_[std::min(position_ + 1, tokens_.size() - 1)]; }
  // Moves on, but never past the end.
  std::string take() {
    std::string text = token().text;
    if (!at(Token::Kind::kEnd)) ++position_;
    return text;
  }
  bool accept_operator(std::string_view text) { return at_operator(text) && (take(), true); }
  bool accept_name(std::string_view text) { return at_name(text) && (take(), true); }
  void expect_operator(std::string_view text) {
    if (!accept_operator(text)) unexpected(text);
  }
  std::string expect(Token::Kind kind, std::string_view what) {
    if (!at(kind)) unexpected(what);
    return take();
  }
  [[noreturn]] void unexpected(std::string_view wanted) const {
    refuse("unexpected ", at(Token::Kind::kEnd) ? "end of the template" : quote(token().text),
           ", expected ", wanted);
  }
  template <class... Args>
  [[noreturn]] void refuse(const Args&... what) const {
    fail(Error::Code::kInvalidArgument, place_text(name_, line()), what...);
  }
  template <class... Args>
  [[noreturn]] void refuse_as(Error::Code code, const Args&... what) const {
    fail(code, place_text(name_, line()), what...);
  }

  // Counts how deep the parser is in the template, for as long as it lives.
  class Nesting {
   public:
    explicit Nesting(TokenStream& tokens) : tokens_(tokens) {
      constexpr int kDeepest = 150;
      if (++tokens_.depth_ <= kDeepest) return;
      --tokens_.depth_;
      tokens_.refuse_as(Error::Code::kUnsupported, "nested deeper than ", kDeepest);
    }
    ~Nesting() { --tokens_.depth_; }
    Nesting(const Nesting&) = delete;
    Nesting& operator=(const Nesting&) = delete;

   private:
    TokenStream& tokens_;
  };

 private:
  std::string_view name_;
  std::vector<Token> tokens_;
  size_t position_ = 0;
  int depth_ = 0;
};

}  // namespace cria::jinja
