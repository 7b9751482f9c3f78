#pragma once
// Go's Print, Println and Printf, of values.

#include <span>
#include <string_view>

#include "template/common/limits.h"
#include "template/go/number_text.h"
#include "template/go/value.h"

namespace cria::go {

class Printer {
 public:
  explicit Printer(chat::Budget& budget) : budget_(budget) {}

  void print(std::span<const Value> values);    // spaces between two that are no texts
  void println(std::span<const Value> values);  // spaces between all
  void printf(const MarkedText& format, std::span<const Value> values);

  MarkedText take() { return std::move(out_); }

 private:
  class Directives;

  void append(std::string_view text);
  void pad(std::string_view text, bool zeros);
  void value(const Value& value, char32_t verb);
  void nested(const Value& value, char32_t verb, int depth);
  void integer(const Value& value, char32_t verb);
  void real(const Value& value, char32_t verb);
  void complex(const Value& value, char32_t verb);
  void text(const MarkedText& text, char32_t verb);
  void hexadecimal(std::string_view text, char32_t verb);
  void list(const List& list, char32_t verb, int depth);
  void map(const Map& map, char32_t verb, int depth);
  void fields(const Struct& fields, char32_t verb, int depth);
  bool by_method(const Value& value, char32_t verb);
  void bad_verb(const Value& value, char32_t verb);
  void problem(char32_t verb, std::string_view what);

  chat::Budget& budget_;
  MarkedText out_;
  Flags flags_;
  bool special_ = false;  // what is printed comes from the template
  bool in_bad_verb_ = false;
};

}  // namespace cria::go
