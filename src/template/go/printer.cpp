// How values print; directives.cpp has the formats.
#include "template/go/printer.h"

#include <algorithm>

#include "base/error.h"
#include "template/common/unicode.h"
#include "template/go/quoted_text.h"

namespace cria::go {
namespace {

using Kind = Value::Kind;

bool is_one_of(char32_t verb, std::u32string_view verbs) {
  return verbs.find(verb) != std::u32string_view::npos;
}

// Of so many characters, for a precision.
size_t cut(std::string_view text, int runes) {
  size_t size = 0;
  while (size < text.size() && runes-- > 0) size += chat::decode_rune(text.substr(size)).size;
  return size;
}

}  // namespace

void Printer::append(std::string_view text) {
  budget_.text(text.size());
  out_.append(text, special_);
}

void Printer::pad(std::string_view text, bool zeros) {
  const size_t width = static_cast<size_t>(flags_.width.value_or(0));
  const size_t size = width > 0 ? chat::count_runes(text) : 0;
  const std::string padding(width > size ? width - size : 0, zeros ? '0' : ' ');
  if (!flags_.minus) append(padding);
  append(text);
  if (flags_.minus) append(padding);
}

void Printer::print(std::span<const Value> values) {
  for (size_t i = 0; i < values.size(); ++i) {
    const bool parts = i > 0 && !values[i].is(Kind::kText) && !values[i - 1].is(Kind::kText);
    if (parts) append(" ");
    value(values[i], 'v');
  }
}

void Printer::println(std::span<const Value> values) {
  for (size_t i = 0; i < values.size(); ++i) {
    special_ = true;
    if (i > 0) append(" ");
    value(values[i], 'v');
  }
  special_ = true;
  append("\n");
}

void Printer::value(const Value& value, char32_t verb) {
  special_ = is_special(value);
  if (value.is_nothing()) {
    verb == 'T' || verb == 'v' ? pad("<nil>", flags_.fills_with_zeros()) : bad_verb(value, verb);
    return;
  }
  if (verb == 'T') return text(MarkedText(type_name(value), false), 's');
  if (verb == 'p' || verb == 'w') return bad_verb(value, verb);
  if (!by_method(value, verb)) nested(value, verb, 0);
}

void Printer::nested(const Value& value, char32_t verb, int depth) {
  budget_.step();
  if (depth > 0 && by_method(value, verb)) return;
  switch (value.kind()) {
    case Kind::kInvalid:
    case Kind::kNilInterface:
      return append(flags_.sharp_v ? "interface {}(nil)" : "<nil>");
    case Kind::kBool:
      if (!is_one_of(verb, U"tv")) return bad_verb(value, verb);
      return pad(value.boolean() ? "true" : "false", flags_.fills_with_zeros());
    case Kind::kInt:
    case Kind::kByte:
      return integer(value, verb);
    case Kind::kFloat:
      return real(value, verb);
    case Kind::kComplex:
      return complex(value, verb);
    case Kind::kText:
      if (!is_one_of(verb, U"vsxXq")) return bad_verb(value, verb);
      return text(value.marked(), verb);
    case Kind::kList:
      return list(value.list(), verb, depth);
    case Kind::kMap:
      return map(value.map(), verb, depth);
    case Kind::kStruct:
      return fields(value.fields(), verb, depth);
  }
}

bool Printer::by_method(const Value& value, char32_t verb) {
  const Type* type = type_of(value);
  if (!type || !type->to_text || flags_.sharp_v || in_bad_verb_) return false;
  if (!is_one_of(verb, U"vsxXq")) return false;
  text(MarkedText(type->to_text(value), false), verb);
  return true;
}

void Printer::integer(const Value& value, char32_t verb) {
  const int64_t number = value.integer();
  const auto code = static_cast<uint64_t>(number);
  const auto rune = code > chat::kLastRune ? chat::kReplacement : static_cast<char32_t>(code);
  const bool fills = flags_.fills_with_zeros();
  if (verb == 'c') {
    std::string text;
    chat::append_rune(text, rune);
    return pad(text, fills);
  }
  if (verb == 'q') {
    return pad(quoted_character(rune, flags_.plus ? Charset::kAscii : Charset::kUnicode), fills);
  }
  if (verb == 'U') return pad(code_point_text(code, flags_), false);
  if (!is_one_of(verb, U"vdboOxX")) return bad_verb(value, verb);
  Flags flags = flags_;
  const bool is_byte_in_go_syntax = verb == 'v' && flags.sharp_v && value.is(Kind::kByte);
  if (is_byte_in_go_syntax) {
    flags.sharp = true;
    verb = 'x';
  }
  const uint64_t magnitude = number < 0 ? 0 - code : code;
  pad(integer_text(magnitude, number < 0, static_cast<char>(verb), flags), false);
}

void Printer::real(const Value& value, char32_t verb) {
  if (!is_one_of(verb, U"vbeEfFgGxX")) return bad_verb(value, verb);
  pad(real_text(value.real(), static_cast<char>(verb), flags_), false);
}

// Both parts are as wide as is asked for, and the second always has a sign.
void Printer::complex(const Value& value, char32_t verb) {
  if (!is_one_of(verb, U"vbeEfFgGxX")) return bad_verb(value, verb);
  append("(");
  pad(real_text(value.complex().real(), static_cast<char>(verb), flags_), false);
  Flags with_sign = flags_;
  with_sign.plus = true;
  pad(real_text(value.complex().imag(), static_cast<char>(verb), with_sign), false);
  append("i)");
}

void Printer::text(const MarkedText& text, char32_t verb) {
  if (verb == 'x' || verb == 'X') {
    special_ = text.special();
    return hexadecimal(text.text(), verb);
  }
  std::string_view plain = text.text();
  if (flags_.precision) plain = plain.substr(0, cut(plain, *flags_.precision));
  if (verb == 'q' || flags_.sharp_v) {
    special_ = text.special();
    const bool is_raw = flags_.sharp && can_backquote(plain);
    return pad(is_raw ? concat("`", plain, "`")
                      : quoted_text(plain, flags_.plus ? Charset::kAscii : Charset::kUnicode),
               flags_.fills_with_zeros());
  }
  if (!flags_.width) {
    budget_.text(plain.size());
    return out_.append(text.substr(0, plain.size()));
  }
  special_ = text.special();
  pad(plain, flags_.fills_with_zeros());
}

// Bytes; the precision says how many.
void Printer::hexadecimal(std::string_view text, char32_t verb) {
  constexpr std::string_view kLower = "0123456789abcdef", kUpper = "0123456789ABCDEF";
  const std::string_view digits = verb == 'x' ? kLower : kUpper;
  if (flags_.precision) text = text.substr(0, static_cast<size_t>(*flags_.precision));
  const std::string_view prefix = !flags_.sharp ? "" : verb == 'x' ? "0x" : "0X";
  std::string out;
  for (size_t i = 0; i < text.size(); ++i) {
    if (i > 0 && flags_.space) out += ' ';
    if (i == 0 || flags_.space) out += prefix;
    const auto byte = static_cast<unsigned char>(text[i]);
    out += digits[byte / 16];
    out += digits[byte % 16];
  }
  pad(out, flags_.fills_with_zeros());
}

void Printer::list(const List& list, char32_t verb, int depth) {
  if (flags_.sharp_v) {
    append(list.type ? list.type->name : "[]interface {}");
    if (list.is_nil) return append("(nil)");
  }
  append(flags_.sharp_v ? "{" : "[");
  for (size_t i = 0; i < list.items.size(); ++i) {
    if (i > 0) append(flags_.sharp_v ? ", " : " ");
    nested(list.items[i], verb, depth + 1);
  }
  append(flags_.sharp_v ? "}" : "]");
}

void Printer::map(const Map& map, char32_t verb, int depth) {
  if (flags_.sharp_v) {
    append(map.type ? map.type->name : "map[string]interface {}");
    if (map.is_nil) return append("(nil)");
  }
  append(flags_.sharp_v ? "{" : "map[");
  bool is_first = true;
  for (const auto& [name, value] : map.entries) {
    if (!is_first) append(flags_.sharp_v ? ", " : " ");
    is_first = false;
    nested(text_value(name), verb, depth + 1);
    append(":");
    nested(value, verb, depth + 1);
  }
  append(flags_.sharp_v ? "}" : "]");
}

void Printer::fields(const Struct& fields, char32_t verb, int depth) {
  if (flags_.sharp_v) append(fields.type->name);
  append("{");
  for (size_t i = 0; i < fields.values.size(); ++i) {
    if (i > 0) append(flags_.sharp_v ? ", " : " ");
    if (flags_.plus_v || flags_.sharp_v) {
      append(fields.type->fields[i].name);
      append(":");
    }
    nested(fields.values[i], verb, depth + 1);
  }
  append("}");
}

void Printer::bad_verb(const Value& value, char32_t verb) {
  std::string begin = "%!";
  chat::append_rune(begin, verb);
  append(begin + "(");
  if (value.is_nothing()) {
    append("<nil>");
  } else {
    append(type_name(value) + "=");
    const bool outer = std::exchange(in_bad_verb_, true);
    nested(value, 'v', 0);
    in_bad_verb_ = outer;
  }
  append(")");
}

}  // namespace cria::go
