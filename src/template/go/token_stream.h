#pragma once
// A cursor over the tokens of a template, and what is known while it is parsed.

#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/error.h"
#include "base/quote.h"
#include "template/go/lexer.h"
#include "template/go/syntax.h"

namespace cria::go {

class TokenStream {
 public:
  explicit TokenStream(const Program& program)
      : program_(program), tokens_(tokenize(program.source)) {}

  const Token& token() const { return tokens_[next_]; }
  // Never past the last one.
  const Token& take() { return tokens_[next_ + 1 < tokens_.size() ? next_++ : next_]; }
  void skip_space() {
    while (token().is(Token::Kind::kSpace)) take();
  }
  const Token& peek() {
    skip_space();
    return token();
  }
  const Token& take_after_space() {
    skip_space();
    return take();
  }
  size_t mark() const { return next_; }
  void back_to(size_t mark) { next_ = mark; }
  const Token& expect(Token::Kind kind, std::string_view context) {
    if (!peek().is(kind)) unexpected(context);
    return take();
  }

  size_t position() const { return token().position; }
  // Where the last token that was taken ends.
  size_t end() const {
    const Token& last = tokens_[next_ > 0 ? next_ - 1 : 0];
    return last.position + last.text.size();
  }

  template <class... Args>
  [[noreturn]] void fail(const Args&... what) const {
    cria::fail(Error::Code::kInvalidArgument, location(program_, position()), ": ", what...);
  }
  [[noreturn]] void unexpected(std::string_view context) const {
    if (token().is(Token::Kind::kError)) fail(token().message);
    if (token().is(Token::Kind::kEnd)) fail("unexpected EOF in ", context);
    fail("unexpected ", quote(token().text), " in ", context);
  }

 private:
  const Program& program_;
  std::vector<Token> tokens_;
  size_t next_ = 0;
};

// What an action may refer to.
struct Scope {
  std::vector<std::string> variables{"$"};
  int ranges = 0;  // that are open
};

// A template nested deeper is none that a person wrote; the stack has its limits.
inline constexpr int kDeepestSyntax = 300;

class Nesting {
 public:
  Nesting(const TokenStream& tokens, int& depth) : depth_(depth) {
    if (++depth_ > kDeepestSyntax) {
      --depth_;
      fail(Error::Code::kUnsupported, "template nested deeper than ", kDeepestSyntax, " at byte ",
           tokens.position());
    }
  }
  ~Nesting() { --depth_; }
  Nesting(const Nesting&) = delete;
  Nesting& operator=(const Nesting&) = delete;

 private:
  int& depth_;
};

}  // namespace cria::go
