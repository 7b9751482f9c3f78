// Printf: text with directives such as %s, %-8.3f and %[2]*d.

#include <optional>

#include "base/error.h"
#include "template/common/unicode.h"
#include "template/go/printer.h"

namespace cria::go {

class Printer::Directives {
 public:
  Directives(Printer& printer, const MarkedText& format, std::span<const Value> values)
      : printer_(printer), format_(format), text_(format.text()), values_(values) {}

  void run() {
    while (position_ < text_.size()) {
      const size_t end = std::min(text_.find('%', position_), text_.size());
      printer_.budget_.text(end - position_);
      printer_.out_.append(format_.substr(position_, end));
      position_ = end + 1;
      if (end < text_.size()) directive();
    }
    printer_.flags_ = {};
    if (!reordered_ && next_ < values_.size()) extra();
  }

 private:
  bool at(char c) const { return position_ < text_.size() && text_[position_] == c; }
  bool accept(char c) { return at(c) && (++position_, true); }

  void directive() {
    printer_.budget_.step();
    // Of its own text, and of problems with it.
    printer_.special_ = format_.special();
    Flags& flags = printer_.flags_ = {};
    good_index_ = true;
    read_flags(flags);
    bool has_index = read_index();
    if (accept('*')) {
      flags.width = argument_number();
      if (!flags.width) printer_.append("%!(BADWIDTH)");
      if (flags.width && *flags.width < 0) {
        flags.width = -*flags.width;
        flags.minus = true;
        flags.zero = false;
      }
      has_index = false;
    } else {
      flags.width = read_number();
      if (has_index && flags.width) good_index_ = false;
    }
    if (at('.') && position_ + 1 < text_.size()) {
      ++position_;
      if (has_index) good_index_ = false;
      has_index = read_precision(flags);
    }
    if (!has_index) read_index();
    if (position_ >= text_.size()) return printer_.append("%!(NOVERB)");
    const chat::Rune verb = chat::decode_rune(std::string_view(text_).substr(position_));
    position_ += verb.size;
    print(flags, verb.code);
  }

  void print(Flags& flags, char32_t verb) {
    if (verb == '%') return printer_.append("%");
    if (!good_index_) return printer_.problem(verb, "BADINDEX");
    if (next_ >= values_.size()) return printer_.problem(verb, "MISSING");
    if (verb == 'v' || verb == 'w') {
      flags.sharp_v = std::exchange(flags.sharp, false);
      flags.plus_v = std::exchange(flags.plus, false);
    }
    printer_.value(values_[next_++], verb);
  }

  void read_flags(Flags& flags) {
    for (; position_ < text_.size(); ++position_) {
      switch (text_[position_]) {
        case '#':
          flags.sharp = true;
          break;
        case '0':
          flags.zero = true;
          break;
        case '+':
          flags.plus = true;
          break;
        case '-':
          flags.minus = true;
          break;
        case ' ':
          flags.space = true;
          break;
        default:
          return;
      }
    }
  }

  // True when an index stands there that was found.
  bool read_precision(Flags& flags) {
    bool has_index = read_index();
    if (accept('*')) {
      flags.precision = argument_number();
      if (flags.precision && *flags.precision < 0) flags.precision.reset();
      if (!flags.precision) printer_.append("%!(BADPREC)");
      return false;
    }
    flags.precision = read_number().value_or(0);
    return has_index;
  }

  // "[3]": the argument that comes next.
  bool read_index() {
    if (!at('[')) return false;
    reordered_ = true;
    const size_t close = text_.find(']', position_);
    if (close == std::string::npos) {
      good_index_ = false;
      ++position_;
      return false;
    }
    ++position_;
    const std::optional<int> number = read_number();
    const bool is_number = number && position_ == close;
    position_ = close + 1;
    if (is_number && *number >= 1 && static_cast<size_t>(*number) <= values_.size()) {
      next_ = static_cast<size_t>(*number) - 1;
      return true;
    }
    good_index_ = false;
    return is_number;
  }

  static bool is_too_large(int64_t number) { return number > kLargest || number < -kLargest; }

  // Nothing when there is none. One that is too large ends the format.
  std::optional<int> read_number() {
    int number = 0;
    const size_t begin = position_;
    for (; position_ < text_.size() && text_[position_] >= '0' && text_[position_] <= '9';
         ++position_) {
      if (is_too_large(number)) {
        position_ = text_.size();
        return std::nullopt;
      }
      number = number * 10 + (text_[position_] - '0');
    }
    return position_ > begin ? std::optional(number) : std::nullopt;
  }

  // Of a "*".
  std::optional<int> argument_number() {
    if (next_ >= values_.size()) return std::nullopt;
    const Value& value = values_[next_++];
    if (!value.is_integer() || is_too_large(value.integer())) return std::nullopt;
    return static_cast<int>(value.integer());
  }

  void extra() {
    printer_.special_ = false;
    printer_.append("%!(EXTRA ");
    for (size_t i = next_; i < values_.size(); ++i) {
      if (i > next_) printer_.append(", ");
      if (values_[i].is_nothing()) {
        printer_.append("<nil>");
        continue;
      }
      printer_.append(type_name(values_[i]) + "=");
      printer_.value(values_[i], 'v');
    }
    printer_.append(")");
  }

  static constexpr int kLargest = 1'000'000;

  Printer& printer_;
  const MarkedText& format_;
  const std::string& text_;
  std::span<const Value> values_;
  size_t position_ = 0;
  size_t next_ = 0;  // argument
  bool reordered_ = false;
  bool good_index_ = true;
};

void Printer::printf(const MarkedText& format, std::span<const Value> values) {
  Directives(*this, format, values).run();
}

void Printer::problem(char32_t verb, std::string_view what) {
  std::string text = "%!";
  chat::append_rune(text, verb);
  append(concat(text, "(", what, ")"));
}

}  // namespace cria::go
