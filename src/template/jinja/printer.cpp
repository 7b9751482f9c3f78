#include "template/jinja/printer.h"

#include <array>
#include <charconv>
#include <cmath>

#include "template/common/unicode.h"
#include "template/jinja/objects.h"

namespace cria::jinja {
namespace {

using Kind = Value::Kind;

void append_hex(std::string& out, char32_t code) {
  const int digits = code <= 0xff ? 2 : code <= 0xffff ? 4 : 8;
  out += digits == 2 ? "\\x" : digits == 4 ? "\\u" : "\\U";
  for (int i = digits - 1; i >= 0; --i) out += "0123456789abcdef"[code >> (4 * i) & 15];
}

void append_escaped(std::string& out, std::string_view text, char mark) {
  while (!text.empty()) {
    const chat::Rune rune = chat::decode_rune(text);
    const char c = text.front();
    if (c == '\\' || c == mark) {
      out += '\\';
      out += c;
    } else if (c == '\n' || c == '\r' || c == '\t') {
      out += c == '\n' ? "\\n" : c == '\r' ? "\\r" : "\\t";
    } else if (rune.size == 1 && rune.code == chat::kReplacement) {
      out += c;
    } else if (!chat::is_printable(rune.code)) {
      append_hex(out, rune.code);
    } else {
      out += text.substr(0, rune.size);
    }
    text.remove_prefix(rune.size);
  }
}

MarkedText quoted(const MarkedText& text) {
  const bool has_single = text.text().find('\'') != std::string::npos;
  const char mark = has_single && text.text().find('"') == std::string::npos ? '"' : '\'';
  MarkedText out(std::string(1, mark), text.special());
  text.for_each_stretch([&](std::string_view stretch, bool special) {
    std::string escaped;
    append_escaped(escaped, stretch, mark);
    out.append(escaped, special);
  });
  out.append(std::string_view(&mark, 1), text.special());
  return out;
}

class Printer {
 public:
  explicit Printer(Calls& calls) : calls_(calls) {}

  MarkedText take() { return std::move(out_); }

  void print(const Value& value) {
    calls_.budget.step();
    switch (value.kind()) {
      case Kind::kUndefined:
        return add("Undefined", value);
      case Kind::kNone:
        return add("None", value);
      case Kind::kBool:
        return add(value.boolean() ? "True" : "False", value);
      case Kind::kInt:
        return add(std::to_string(value.integer()), value);
      case Kind::kFloat:
        return add(float_text(value.real()), value);
      case Kind::kText:
        calls_.budget.text(value.text().size());
        return out_.append(quoted(value.marked()));
      case Kind::kSequence:
        return print_sequence(value);
      case Kind::kDict:
        add("{", value);
        print_entries(value.dict().entries(), value);
        return add("}", value);
      case Kind::kFunction:
        return add(concat("<function ", value.function().name, ">"), value);
      case Kind::kObject:
        return print_object(value);
    }
  }

 private:
  void add(std::string_view text, const Value& of) {
    calls_.budget.text(text.size());
    out_.append(text, of.special);
  }

  void print_entries(const Dict::Entries& entries, const Value& of) {
    bool is_first = true;
    for (const auto& [key, value] : entries) {
      if (!is_first) add(", ", of);
      is_first = false;
      print(key);
      add(": ", of);
      print(value);
    }
  }

  void print_sequence(const Value& value) {
    using SequenceKind = Sequence::Kind;
    const Sequence& sequence = value.sequence();
    const auto& [begin, end, step] = sequence.range;
    switch (sequence.kind) {
      case SequenceKind::kGenerator:
        return add("<generator object>", value);
      case SequenceKind::kRange:
        return add(step == 1 ? concat("range(", begin, ", ", end, ")")
                             : concat("range(", begin, ", ", end, ", ", step, ")"),
                   value);
      case SequenceKind::kTuple:
        return print_items(sequence, value, "(", sequence.items.size() == 1 ? ",)" : ")");
      case SequenceKind::kList:
        return print_items(sequence, value, "[", "]");
      default:
        return print_items(sequence, value, std::string(type_name(value)) + "([", "])");
    }
  }

  void print_items(const Sequence& sequence, const Value& of, std::string_view begin,
                   std::string_view end) {
    add(begin, of);
    for (const Value& item : sequence.items) {
      if (&item != &sequence.items.front()) add(", ", of);
      print(item);
    }
    add(end, of);
  }

  void print_object(const Value& value) {
    const auto* names = dynamic_cast<const Namespace*>(&value.object());
    if (!names) return add(concat("<", value.object().type(), ">"), value);
    // It may hold itself.
    const chat::Budget::Level level(calls_.budget);
    add("<Namespace {", value);
    print_entries(names->attributes.entries(), value);
    add("}>", value);
  }

  Calls& calls_;
  MarkedText out_;
};

}  // namespace

MarkedText to_text(const Value& value, Calls& calls) {
  if (value.is_undefined()) return {};
  if (value.is_text()) return value.marked();
  return repr(value, calls);
}

MarkedText repr(const Value& value, Calls& calls) {
  Printer printer(calls);
  printer.print(value);
  return printer.take();
}

std::string float_text(double number) {
  if (std::isnan(number)) return "nan";
  if (std::isinf(number)) return number < 0 ? "-inf" : "inf";
  std::array<char, 400> digits;
  const double magnitude = std::fabs(number);
  const bool is_plain = magnitude == 0 || (magnitude >= 1e-4 && magnitude < 1e16);
  const auto [end, error] =
      std::to_chars(digits.data(), digits.data() + digits.size(), number,
                    is_plain ? std::chars_format::fixed : std::chars_format::scientific);
  std::string text(digits.data(), end);
  if (is_plain && text.find('.') == std::string::npos) text += ".0";
  return text;
}

}  // namespace cria::jinja
