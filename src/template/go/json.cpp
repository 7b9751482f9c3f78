#include "template/go/json.h"

#include <cmath>

#include "template/common/unicode.h"
#include "template/go/number_text.h"

namespace cria::go {
namespace {

using Kind = Value::Kind;

class Writer {
 public:
  std::string take() { return std::move(out_); }

  void write(const Value& value) {
    switch (value.kind()) {
      case Kind::kInvalid:
      case Kind::kNilInterface:
        out_ += "null";
        return;
      case Kind::kBool:
        out_ += value.boolean() ? "true" : "false";
        return;
      case Kind::kInt:
      case Kind::kByte:
        out_ += std::to_string(value.integer());
        return;
      case Kind::kFloat:
        return number(value.real());
      case Kind::kComplex:
        return;  // JSON has none: Go's function says nothing then
      case Kind::kText:
        return text(value.text());
      case Kind::kList:
        return list(value.list());
      case Kind::kMap:
        return map(value.map());
      case Kind::kStruct:
        return fields(value.fields());
    }
  }

 private:
  // As JavaScript does: an exponent only for what is very small or large.
  void number(double number) {
    constexpr double kSmall = 1e-6, kLarge = 1e21;
    const double magnitude = std::fabs(number);
    const Digits digits = shortest_digits(number);
    if (std::signbit(number)) out_ += '-';
    if (magnitude == 0 || (magnitude >= kSmall && magnitude < kLarge)) {
      out_ += fixed_text(digits);
      return;
    }
    std::string text = scientific_text(digits);
    if (const size_t zero = text.find("e-0"); zero != text.npos) text.erase(zero + 2, 1);
    out_ += text;
  }

  void text(std::string_view text) {
    out_ += '"';
    while (!text.empty()) {
      const chat::Rune rune = chat::decode_rune(text);
      character(text.substr(0, rune.size), rune);
      text.remove_prefix(rune.size);
    }
    out_ += '"';
  }

  void character(std::string_view bytes, const chat::Rune& rune) {
    constexpr std::string_view kDigits = "0123456789abcdef";
    constexpr std::string_view kCodes = "\b\f\n\r\t\"\\", kNames = "bfnrt\"\\";
    if (rune.code == chat::kReplacement && rune.size == 1) {
      out_ += "\\ufffd";
    } else if (rune.code == 0x2028 || rune.code == 0x2029) {
      out_ += rune.code == 0x2028 ? "\\u2028" : "\\u2029";
    } else if (rune.code >= 0x80) {
      out_ += bytes;
    } else if (const size_t i = kCodes.find(bytes[0]); i != std::string_view::npos) {
      out_ += '\\';
      out_ += kNames[i];
    } else if (rune.code < ' ' || bytes == "<" || bytes == ">" || bytes == "&") {
      out_ += "\\u00";
      out_ += kDigits[rune.code / 16];
      out_ += kDigits[rune.code % 16];
    } else {
      out_ += bytes;
    }
  }

  void list(const List& list) {
    if (list.is_nil) {
      out_ += "null";
      return;
    }
    // A type of its own may be a single text: "type": "string".
    if (list.type && list.type->json_of_one && list.items.size() == 1) return write(list.items[0]);
    out_ += '[';
    for (const Value& item : list.items) {
      if (&item != &list.items.front()) out_ += ',';
      write(item);
    }
    out_ += ']';
  }

  void member(bool& is_first, std::string_view name, const Value& value) {
    if (!is_first) out_ += ',';
    is_first = false;
    text(name);
    out_ += ':';
    write(value);
  }

  void map(const Map& map) {
    if (map.is_nil) {
      out_ += "null";
      return;
    }
    out_ += '{';
    bool is_first = true;
    for (const auto& [name, value] : map.entries) member(is_first, name, value);
    out_ += '}';
  }

  // Fields that may be left out are texts, lists, interfaces and pointers to maps.
  static bool is_empty(const Value& value) {
    switch (value.kind()) {
      case Kind::kInvalid:
      case Kind::kNilInterface:
        return true;
      case Kind::kText:
        return value.text().empty();
      case Kind::kList:
        return value.list().items.empty();
      case Kind::kMap:
        return value.map().is_nil;
      default:
        return false;
    }
  }

  void fields(const Struct& fields) {
    out_ += '{';
    bool is_first = true;
    for (size_t i = 0; i < fields.values.size(); ++i) {
      const Type::Field& field = fields.type->fields[i];
      if (field.omits_empty && is_empty(fields.values[i])) continue;
      member(is_first, field.json, fields.values[i]);
    }
    out_ += '}';
  }

  std::string out_;
};

}  // namespace

std::string json_text(const Value& value) {
  Writer writer;
  writer.write(value);
  return writer.take();
}

}  // namespace cria::go
