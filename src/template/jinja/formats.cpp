#include "template/jinja/formats.h"

#include <algorithm>
#include <charconv>
#include <cmath>

#include "base/quote.h"
#include "template/common/unicode.h"
#include "template/jinja/format_spec.h"
#include "template/jinja/items.h"
#include "template/jinja/operators.h"
#include "template/jinja/printer.h"
#include "template/jinja/strings.h"

namespace cria::jinja {
namespace {

MarkedText cut(const MarkedText& text, const FormatSpec& spec, Calls& calls) {
  if (!spec.precision) return text;
  const size_t size = bytes_of(text.text(), *spec.precision);
  calls.budget.read(size * 16);
  return text.substr(0, size);
}

MarkedText character(const Value& code) {
  if (code.integer() < 0 || code.integer() > chat::kLastRune) refuse("%c: no character");
  std::string text;
  chat::append_rune(text, static_cast<char32_t>(code.integer()));
  return MarkedText(text, code.special);
}

class PercentFormat {
 public:
  PercentFormat(const MarkedText& format, const Value& values, Calls& calls)
      : format_(format), text_(format.text()), values_(values), calls_(calls) {
    is_tuple_ =
        values.is(Value::Kind::kSequence) && values.sequence().kind == Sequence::Kind::kTuple;
  }

  MarkedText run() {
    while (position_ < text_.size()) {
      const size_t sign = std::min(text_.find('%', position_), text_.size());
      put(format_.substr(position_, sign));
      position_ = sign + 1;
      if (sign < text_.size()) directive(sign);
    }
    const bool is_mapping =
        values_.is(Value::Kind::kDict) || (values_.is(Value::Kind::kSequence) && !is_tuple_);
    const size_t count = is_tuple_ ? values_.sequence().items.size() : 1;
    if (!has_names_ && !is_mapping && used_ < count) {
      refuse("not all arguments converted during string formatting");
    }
    return std::move(out_);
  }

 private:
  char current() const {
    if (position_ >= text_.size()) refuse("incomplete format");
    return text_[position_];
  }
  void put(const MarkedText& text) { calls_.append(out_, text); }
  bool accept(char c) { return current() == c && (++position_, true); }

  const Value& next() {
    if (named_) return *named_;
    const size_t place = used_++;
    if (!is_tuple_ && place == 0) return values_;
    if (!is_tuple_ || place >= values_.sequence().items.size()) {
      refuse("not enough arguments for format string");
    }
    return values_.sequence().items[place];
  }

  int64_t number() {
    if (accept('*')) {
      const Value& value = next();
      if (!value.is_whole()) refuse("* wants int");
      return value.integer();
    }
    int64_t result = 0;
    while (position_ < text_.size() && text_[position_] >= '0' && text_[position_] <= '9') {
      result = std::min<int64_t>(result * 10 + (text_[position_++] - '0'), 10'000'000);
    }
    return result;
  }

  void directive(size_t begin) {
    FormatSpec spec{.align = '>'};
    named_ = nullptr;
    if (accept('(')) name();
    bool is_left = false, has_zeros = false;
    while (true) {
      if (accept('-')) {
        is_left = true;
      } else if (accept('+')) {
        spec.sign = '+';
      } else if (accept(' ')) {
        if (spec.sign != '+') spec.sign = ' ';
      } else if (accept('0')) {
        has_zeros = true;
      } else if (accept('#')) {
        spec.is_alternate = true;
      } else {
        break;
      }
    }
    spec.width = number();
    if (spec.width < 0) {
      is_left = true;
      spec.width = -spec.width;
    }
    if (accept('.')) spec.precision = std::max<int64_t>(number(), 0);
    if (spec.width > 1'000'000 || spec.precision.value_or(0) > 1'000'000) {
      refuse_unsupported("a width or precision beyond 1000000");
    }
    while (accept('l') || accept('h') || accept('L')) {
    }
    if (is_left) spec.align = '<';
    spec.type = current();
    ++position_;
    if (spec.type == '%') return put(format_.substr(begin, begin + 1));
    write(spec, has_zeros && !is_left);
  }

  void name() {
    const size_t end = text_.find(')', position_);
    if (end == std::string_view::npos) refuse("incomplete format key");
    if (!values_.is(Value::Kind::kDict)) refuse("format requires a mapping");
    const std::string_view key = text_.substr(position_, end - position_);
    named_ = values_.dict().find(key);
    if (!named_) refuse("the values of a format have no ", quote(key));
    has_names_ = true;
    position_ = end + 1;
  }

  void write(FormatSpec spec, bool has_zeros) {
    const Value& value = next();
    calls_.read(value);
    constexpr std::string_view kIntegers = "diuoxX", kFloats = "eEfFgG";
    if (spec.type == 's' || spec.type == 'r' || spec.type == 'a') {
      const MarkedText text = spec.type == 's' ? to_text(value, calls_) : repr(value, calls_);
      return put(text_in_width(cut(text, spec, calls_), spec, calls_));
    }
    if (spec.type == 'c') {
      if (!value.is_text() && !value.is_whole()) refuse("%c requires int or char");
      if (value.is_text() && length(value.text()) != 1) refuse("%c requires int or char");
      return put(text_in_width(value.is_text() ? value.marked() : character(value), spec, calls_));
    }
    const bool is_integer = kIntegers.find(spec.type) != std::string_view::npos;
    if (!is_integer && kFloats.find(spec.type) == std::string_view::npos) {
      refuse("unsupported format character ", quote(std::string_view(&spec.type, 1)));
    }
    check_defined(value);
    if (!value.is_number()) {
      refuse("%", spec.type, " format: a real number is required, not ", type_name(value));
    }
    if (has_zeros) {
      spec.align = '=';
      spec.fill.assign(1, '0');
    }
    if (!is_integer) {
      Value real = float_value(value.real());
      real.special = value.special;
      return put(text_in_width(number_text(real, spec, calls_), spec, calls_));
    }
    const bool is_decimal = spec.type == 'd' || spec.type == 'i' || spec.type == 'u';
    if (!is_decimal && !value.is_whole()) {
      refuse("%", spec.type, " format: an integer is required, not ", type_name(value));
    }
    constexpr double kLimit = 9223372036854775808.0;  // 2^63
    if (!std::isfinite(value.real()) || std::fabs(value.real()) >= kLimit) {
      refuse_unsupported("an integer beyond 64 bits");
    }
    Value whole = value.is_whole() ? value : int_value(static_cast<int64_t>(value.real()));
    whole.special = value.special;
    if (spec.type == 'i' || spec.type == 'u') spec.type = 'd';
    spec.precision.reset();
    put(text_in_width(number_text(whole, spec, calls_), spec, calls_));
  }

  const MarkedText& format_;
  std::string_view text_;
  const Value& values_;
  Calls& calls_;
  bool is_tuple_ = false, has_names_ = false;
  size_t position_ = 0, used_ = 0;
  const Value* named_ = nullptr;
  MarkedText out_;
};

class BraceFormat {
 public:
  BraceFormat(const Arguments& arguments, Calls& calls) : arguments_(arguments), calls_(calls) {}

  MarkedText run(const MarkedText& format, int depth) {
    if (depth > 2) refuse("max string recursion exceeded");
    const std::string_view text = format.text();
    MarkedText out;
    size_t position = 0;
    while (position < text.size()) {
      const size_t brace = std::min(text.find_first_of("{}", position), text.size());
      calls_.append(out, format.substr(position, brace));
      if (brace == text.size()) break;
      position = brace + 1;
      if (position < text.size() && text[position] == text[brace]) {
        calls_.append(out, format.substr(brace, ++position - 1));
        continue;
      }
      if (text[brace] == '}') refuse("single '}' encountered in format string");
      const size_t end = end_of_field(text, position);
      calls_.append(out, field(format.substr(position, end), depth));
      position = end + 1;
    }
    return out;
  }

 private:
  static size_t end_of_field(std::string_view text, size_t begin) {
    int depth = 1;
    for (size_t i = begin; i < text.size(); ++i) {
      if (text[i] == '{') ++depth;
      if (text[i] == '}' && --depth == 0) return i;
    }
    refuse(begin == text.size() ? "single '{' encountered in format string"
                                : "expected '}' before end of string");
  }

  MarkedText field(const MarkedText& field, int depth) {
    const std::string_view text = field.text();
    // "[...]" may hold a colon.
    size_t name_end = 0;
    bool in_index = false;
    while (name_end < text.size() &&
           (in_index || (text[name_end] != ':' && text[name_end] != '!'))) {
      if (text[name_end] == '[') in_index = true;
      if (text[name_end] == ']') in_index = false;
      ++name_end;
    }
    std::string_view rest = text.substr(name_end);
    Value value = lookup(text.substr(0, name_end));
    if (rest.starts_with('!')) {
      const char conversion = rest.size() > 1 ? rest[1] : '\0';
      if (conversion != 's' && conversion != 'r' && conversion != 'a') {
        refuse("unknown conversion specifier in a format");
      }
      value = text_value(conversion == 's' ? to_text(value, calls_) : repr(value, calls_));
      rest.remove_prefix(2);
      if (!rest.empty() && !rest.starts_with(':'))
        refuse("expected ':' after conversion specifier");
    }
    if (rest.empty()) return formatted(value, "", calls_);
    const MarkedText spec =
        run(field.substr(text.size() - rest.size() + 1, text.size()), depth + 1);
    return formatted(value, spec.text(), calls_);
  }

  Value first(std::string_view name) {
    size_t place = 0;
    const auto [end, error] = std::from_chars(name.data(), name.data() + name.size(), place);
    const bool is_number =
        !name.empty() && error == std::errc() && end == name.data() + name.size();
    if (name.empty()) place = automatic_++;
    if (name.empty() || is_number) {
      if (place >= arguments_.positional.size()) {
        refuse("replacement index ", place, " out of range for positional args tuple");
      }
      return arguments_.positional[place];
    }
    for (const auto& [known, value] : arguments_.keywords) {
      if (known.text() == name) return value;
    }
    refuse("a format has no value for ", quote(name));
  }

  Value lookup(std::string_view path) {
    const size_t end = std::min(path.find_first_of(".["), path.size());
    Value value = first(path.substr(0, end));
    path.remove_prefix(end);
    while (!path.empty()) {
      const bool is_attribute = path.front() == '.';
      path.remove_prefix(1);
      const size_t stop = std::min(path.find_first_of(is_attribute ? ".[" : "]"), path.size());
      const std::string_view name = path.substr(0, stop);
      if (is_attribute) {
        value = attribute(value, name);
      } else {
        if (stop == path.size()) refuse("missing ']' in format string");
        int64_t index = 0;
        const auto [last, error] = std::from_chars(name.data(), name.data() + name.size(), index);
        const bool is_number = error == std::errc() && last == name.data() + name.size();
        value = item(value, is_number ? int_value(index) : special_text(name), calls_);
      }
      path.remove_prefix(stop + (is_attribute ? 0 : 1));
    }
    return value;
  }

  const Arguments& arguments_;
  Calls& calls_;
  size_t automatic_ = 0;
};

}  // namespace

MarkedText percent_format(const MarkedText& format, const Value& values, Calls& calls) {
  calls.budget.read(format.size());
  return PercentFormat(format, values, calls).run();
}

MarkedText brace_format(const MarkedText& format, const Arguments& arguments, Calls& calls) {
  calls.budget.read(format.size());
  return BraceFormat(arguments, calls).run(format, 1);
}

MarkedText formatted(const Value& value, std::string_view text, Calls& calls) {
  if (text.empty()) return to_text(value, calls);
  FormatSpec spec = parse_format_spec(text);
  if (value.is_text()) {
    if (spec.type != '\0' && spec.type != 's') {
      refuse("unknown format code '", spec.type, "' for object of type 'str'");
    }
    if (spec.grouping != '\0' || spec.sign != '-' || spec.is_alternate) {
      refuse("a sign, '#' or a separator of thousands is not allowed in string format specifier");
    }
    if (spec.align == '=' && spec.fill == "0") spec.align = '<';
    if (spec.align == '=') refuse("'=' alignment not allowed in string format specifier");
    return text_in_width(cut(value.marked(), spec, calls), spec, calls);
  }
  if (!value.is_number()) {
    refuse("unsupported format string passed to ", type_name(value), ".__format__");
  }
  if (spec.align == '\0') spec.align = '>';
  if (spec.type == 'c' && value.is_whole()) return text_in_width(character(value), spec, calls);
  return text_in_width(number_text(value, spec, calls), spec, calls);
}

}  // namespace cria::jinja
