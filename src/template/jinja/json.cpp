#include "template/jinja/json.h"

#include <algorithm>
#include <cmath>

#include "template/common/unicode.h"
#include "template/jinja/operators.h"
#include "template/jinja/printer.h"

namespace cria::jinja {
namespace {

using Kind = Value::Kind;

void append_code(std::string& out, char32_t code) {
  out += "\\u";
  for (int i = 3; i >= 0; --i) out += "0123456789abcdef"[code >> (4 * i) & 15];
}

void append_escaped(std::string& out, std::string_view text, bool escapes_unicode) {
  constexpr std::string_view kCodes = "\"\\\b\f\n\r\t", kNames = "\"\\bfnrt";
  while (!text.empty()) {
    const chat::Rune rune = chat::decode_rune(text);
    const size_t special = kCodes.find(text.front());
    if (special != std::string_view::npos) {
      out += '\\';
      out += kNames[special];
    } else if (rune.code < ' ' || (escapes_unicode && rune.code > '~')) {
      if (rune.code > 0xffff) {
        append_code(out, 0xd800 + ((rune.code - 0x10000) >> 10));
        append_code(out, 0xdc00 + ((rune.code - 0x10000) & 0x3ff));
      } else {
        append_code(out, rune.code);
      }
    } else {
      out += text.substr(0, rune.size);
    }
    text.remove_prefix(rune.size);
  }
}

class Writer {
 public:
  Writer(const JsonStyle& style, Calls& calls) : style_(style), calls_(calls) {}

  MarkedText take() { return std::move(out_); }

  void write(const Value& value) {
    calls_.budget.step();
    switch (value.kind()) {
      case Kind::kNone:
      case Kind::kBool:
      case Kind::kInt:
      case Kind::kFloat:
        return add(number_text(value), value);
      case Kind::kText:
        return text(value.marked());
      case Kind::kSequence:
        if (value.sequence().kind == Sequence::Kind::kList ||
            value.sequence().kind == Sequence::Kind::kTuple) {
          return list(value);
        }
        break;
      case Kind::kDict:
        return dict(value);
      default:
        break;
    }
    refuse("Object of type ", type_name(value), " is not JSON serializable");
  }

 private:
  void add(std::string_view text, const Value& of) {
    calls_.budget.text(text.size());
    out_.append(text, of.special);
  }

  static std::string number_text(const Value& value) {
    if (value.is_none()) return "null";
    if (value.is(Kind::kBool)) return value.boolean() ? "true" : "false";
    if (value.is(Kind::kInt)) return std::to_string(value.integer());
    if (std::isnan(value.real())) return "NaN";
    if (std::isinf(value.real())) return value.real() < 0 ? "-Infinity" : "Infinity";
    return float_text(value.real());
  }

  void text(const MarkedText& text) {
    calls_.budget.text(text.size());
    out_.append("\"", text.special());
    text.for_each_stretch([&](std::string_view stretch, bool special) {
      std::string escaped;
      append_escaped(escaped, stretch, style_.escapes_unicode);
      out_.append(escaped, special);
    });
    out_.append("\"", text.special());
  }

  void new_line(const Value& of) {
    if (!style_.indent) return;
    std::string line = "\n";
    for (int i = 0; i < depth_; ++i) line += *style_.indent;
    add(line, of);
  }

  template <class Items, class Write>
  void items(std::string_view begin, std::string_view end, const Items& items, const Value& of,
             const Write& write_one) {
    add(begin, of);
    if (!items.empty()) {
      ++depth_;
      bool is_first = true;
      for (const auto& item : items) {
        if (!is_first) add(style_.between_items, of);
        is_first = false;
        new_line(of);
        write_one(item);
      }
      --depth_;
      new_line(of);
    }
    add(end, of);
  }

  void list(const Value& value) {
    items("[", "]", value.sequence().items, value, [&](const Value& item) { write(item); });
  }

  void dict(const Value& value) {
    Dict::Entries entries = value.dict().entries();
    if (style_.sorts_keys) {
      calls_.count(entries.size() * 4);
      std::ranges::stable_sort(entries, [&](const auto& a, const auto& b) {
        return compare(a.first, b.first, "<", calls_);
      });
    }
    items("{", "}", entries, value, [&](const auto& entry) {
      key(entry.first);
      add(style_.behind_key, value);
      write(entry.second);
    });
  }

  void key(const Value& key) {
    if (key.is_text()) return text(key.marked());
    if (!key.is_none() && !key.is_number()) {
      refuse("keys must be str, int, float, bool or None, not ", type_name(key));
    }
    add(concat("\"", number_text(key), "\""), key);
  }

  const JsonStyle& style_;
  Calls& calls_;
  MarkedText out_;
  int depth_ = 0;
};

}  // namespace

MarkedText json_text(const Value& value, const JsonStyle& style, Calls& calls) {
  Writer writer(style, calls);
  writer.write(value);
  return writer.take();
}

}  // namespace cria::jinja
