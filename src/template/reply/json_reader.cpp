#include "template/reply/json_reader.h"

#include <charconv>
#include <utility>

#include "base/utf8.h"
#include "template/reply/json_text.h"

namespace cria::chat {
namespace {

constexpr size_t kDeepest = 200;
constexpr uint32_t kReplacement = 0xFFFD;

bool is_digit(char c) { return c >= '0' && c <= '9'; }

// The number that a text is by JSON's grammar.
std::optional<Data> number_of(std::string_view text) {
  size_t i = 0;
  const auto digits = [&] {
    const size_t begin = i;
    while (i < text.size() && is_digit(text[i])) ++i;
    return i > begin;
  };
  if (i < text.size() && text[i] == '-') ++i;
  const bool has_zero = i < text.size() && text[i] == '0';
  if (has_zero ? !++i : !digits()) return {};
  const size_t end_of_whole = i;
  if (i < text.size() && text[i] == '.' && (++i, !digits())) return {};
  if (i < text.size() && (text[i] == 'e' || text[i] == 'E')) {
    ++i;
    if (i < text.size() && (text[i] == '+' || text[i] == '-')) ++i;
    if (!digits()) return {};
  }
  if (i != text.size()) return {};
  const char* const end = text.data() + text.size();
  if (end_of_whole == text.size()) {
    int64_t whole = 0;
    if (std::from_chars(text.data(), end, whole).ec == std::errc()) return Data(whole);
  }
  double real = 0;
  if (std::from_chars(text.data(), end, real).ec != std::errc()) return {};
  return Data(real);
}

}  // namespace

Step JsonReader::add(char c) {
  switch (at_) {
    case At::kString:
      return add_to_string(c);
    case At::kEscape:
      return add_escaped(c);
    case At::kUnicode:
      return add_unicode(c);
    case At::kDone:
      return Step::kDoneBefore;
    case At::kNumber:
      if (is_digit(c) || c == '-' || c == '+' || c == '.' || c == 'e' || c == 'E') {
        text_ += c;
        return Step::kMore;
      }
      if (!finish_number()) return Step::kBroken;
      return at_ == At::kDone ? Step::kDoneBefore : add(c);
    case At::kWord:
      text_ += c;
      if (text_ == "true" || text_ == "false") return finish(text_ == "true");
      if (text_ == "null") return finish(nullptr);
      for (const std::string_view word : {"true", "false", "null"}) {
        if (word.starts_with(text_)) return Step::kMore;
      }
      return Step::kBroken;
    default:
      break;
  }
  if (is_space(c)) return Step::kMore;
  if (at_ == At::kAfter) return add_after(c);
  if (at_ == At::kColon) {
    if (c != ':') return Step::kBroken;
    at_ = At::kValue;
    return Step::kMore;
  }
  if (at_ == At::kFirstKey && c == '}') return close();
  if (at_ == At::kFirstItem && c == ']') return close();
  is_key_ = at_ == At::kFirstKey || at_ == At::kKey;
  if (is_key_ && c != '"') return Step::kBroken;
  return begin_value(c);
}

bool JsonReader::end() {
  if (at_ == At::kNumber && frames_.empty()) return finish_number();
  return at_ == At::kDone;
}

Step JsonReader::begin_value(char c) {
  text_.clear();
  if (c == '{' || c == '[') return open(c == '{');
  if (c == '"') {
    high_ = 0;
    at_ = At::kString;
  } else if (is_digit(c) || c == '-') {
    at_ = At::kNumber;
    text_ = c;
  } else if (c == 't' || c == 'f' || c == 'n') {
    at_ = At::kWord;
    text_ = c;
  } else {
    return Step::kBroken;
  }
  return Step::kMore;
}

Step JsonReader::open(bool is_object) {
  if (frames_.size() == kDeepest) return Step::kBroken;
  frames_.push_back({.is_object = is_object});
  at_ = is_object ? At::kFirstKey : At::kFirstItem;
  return Step::kMore;
}

Step JsonReader::close() {
  Frame frame = std::move(frames_.back());
  frames_.pop_back();
  return finish(frame.is_object ? Data(std::move(frame.members)) : Data(std::move(frame.items)));
}

Step JsonReader::finish(Data value) {
  if (frames_.empty()) {
    value_ = std::move(value);
    at_ = At::kDone;
    return Step::kDone;
  }
  Frame& frame = frames_.back();
  if (frame.is_object) {
    frame.members.emplace_back(std::move(frame.key), std::move(value));
  } else {
    frame.items.push_back(std::move(value));
  }
  at_ = At::kAfter;
  return Step::kMore;
}

Step JsonReader::add_after(char c) {
  const bool is_object = frames_.back().is_object;
  if (c == (is_object ? '}' : ']')) return close();
  if (c != ',') return Step::kBroken;
  at_ = is_object ? At::kKey : At::kValue;
  return Step::kMore;
}

Step JsonReader::add_to_string(char c) {
  if (high_ != 0 && c != '\\') {
    append_utf8(text_, kReplacement);
    high_ = 0;
  }
  if (c == '\\') {
    at_ = At::kEscape;
  } else if (c != '"') {
    text_ += c;
  } else if (is_key_) {
    frames_.back().key = std::move(text_);
    at_ = At::kColon;
  } else {
    return finish(std::move(text_));
  }
  return Step::kMore;
}

Step JsonReader::add_escaped(char c) {
  constexpr std::string_view kNames = "\"\\/bfnrt", kMeant = "\"\\/\b\f\n\r\t";
  if (c == 'u') {
    unit_ = 0;
    digits_ = 0;
    at_ = At::kUnicode;
    return Step::kMore;
  }
  const size_t which = kNames.find(c);
  if (which == std::string_view::npos) return Step::kBroken;
  if (std::exchange(high_, 0) != 0) append_utf8(text_, kReplacement);
  text_ += kMeant[which];
  at_ = At::kString;
  return Step::kMore;
}

Step JsonReader::add_unicode(char c) {
  const int digit = hex_digit(c);
  if (digit < 0) return Step::kBroken;
  unit_ = unit_ * 16 + static_cast<uint32_t>(digit);
  if (++digits_ < 4) return Step::kMore;
  at_ = At::kString;
  const bool is_second = unit_ >= 0xDC00 && unit_ < 0xE000;
  const uint32_t high = std::exchange(high_, 0);
  if (high != 0 && is_second) {
    append_utf8(text_, 0x10000 + ((high - 0xD800) << 10) + (unit_ - 0xDC00));
    return Step::kMore;
  }
  if (high != 0) append_utf8(text_, kReplacement);
  if (unit_ >= 0xD800 && unit_ < 0xDC00) {
    high_ = unit_;
  } else {
    append_utf8(text_, is_second ? kReplacement : unit_);
  }
  return Step::kMore;
}

bool JsonReader::finish_number() {
  const std::optional<Data> number = number_of(text_);
  if (number) finish(*number);
  return number.has_value();
}

std::optional<Data> parse_json(std::string_view text) {
  JsonReader reader;
  text = trimmed(text);
  for (const char c : text) {
    const Step step = reader.add(c);
    if (step == Step::kBroken || step == Step::kDoneBefore) return {};
  }
  if (!reader.end()) return {};
  return reader.take();
}

}  // namespace cria::chat
