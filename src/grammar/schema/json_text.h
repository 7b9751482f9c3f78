#pragma once
// How JSON is written: strings, numbers, literals, and the space between them.

#include <span>
#include <string>

#include "grammar/rules.h"
#include "grammar/schema/document.h"
#include "grammar/schema/schema.h"

namespace cria::grammar {

constexpr uint32_t kMostDigits = 16;  // before and behind the point: what a double can tell apart

class JsonText {
 public:
  JsonText(Rules& rules, SchemaOptions::Whitespace whitespace);

  Rule value() const { return value_; }
  Rule object() const { return object_; }
  Rule array() const { return array_; }
  Rule string() const { return string_; }
  Rule number() const { return number_; }
  Rule integer() const { return integer_; }

  // Where a value may go on in a new line.
  Expr space();
  Expr comma();  // with the space behind it
  Expr colon();
  Expr literal(const Json& value);

  // One character of a string, in any way that JSON can write it; surrogates only in pairs.
  Expr any_char() const { return any_char_; }
  // One of a set in the one way that needs the fewest characters: escaped only if it has to be.
  Expr plain_char(const CharSet& set);
  Expr quoted(Expr characters);
  // A string that is none of these, of plain characters.
  Expr string_other_than(std::span<const std::string> names);

 private:
  Expr escape();
  Expr digits(uint32_t least, uint32_t most);
  void define_numbers();
  void define_values();

  Rules& rules_;
  SchemaOptions::Whitespace whitespace_;
  Rule space_, value_, object_, array_, string_, number_, integer_;
  Expr any_char_;
  Expr any_escaped_;  // of what has to be
};

}  // namespace cria::grammar
