// Methods of texts that look for others in them, and that tell what kind of characters they have.
#include <algorithm>
#include <array>

#include "template/common/search.h"
#include "template/jinja/methods.h"
#include "template/jinja/operators.h"
#include "template/jinja/strings.h"

namespace cria::jinja {
namespace {

// A stretch of a text, given by characters.
struct Range {
  size_t begin, end;             // in bytes
  bool is_empty_before = false;  // it ends before it begins: not even "" is in it
};

Range range_of(const std::string& text, const Bound& bound, size_t first, Calls& calls) {
  if (!bound.find(first) && !bound.find(first + 1)) return {0, text.size()};
  calls.budget.read(text.size() * 16);
  const std::vector<size_t> places = offsets(text);
  const auto size = static_cast<int64_t>(places.size()) - 1;
  const auto index = [&](size_t parameter, int64_t preset) {
    const Value* value = bound.find(parameter);
    if (!value || value->is_none()) return preset;
    const int64_t i = bound.integer(parameter, 0);
    return i < 0 ? std::max<int64_t>(i + size, 0) : i;
  };
  const int64_t begin = index(first, 0), end = std::min(index(first + 1, size), size);
  if (begin > end) return {0, 0, true};
  return {places[static_cast<size_t>(begin)], places[static_cast<size_t>(end)]};
}

const std::string& wanted(const Bound& bound) {
  const MarkedText* text = bound.text(0);
  if (!text) refuse("must be str, not NoneType");
  return text->text();
}

// In characters; -1 when it is not there.
int64_t place_of(Side side, const Value& of, const Arguments& arguments, Calls& calls) {
  const Bound bound("find", arguments, {"sub", "start", "end"}, 1);
  const std::string& sub = wanted(bound);
  const Range range = range_of(of.text(), bound, 1, calls);
  if (range.is_empty_before) return -1;
  const std::string_view part =
      std::string_view(of.text()).substr(range.begin, range.end - range.begin);
  const size_t found =
      side == Side::kLeft ? chat::find_text(part, sub) : chat::find_last_text(part, sub);
  if (found == std::string_view::npos) return -1;
  return length(std::string_view(of.text()).substr(0, range.begin + found));
}

template <Side side>
Value find(const Value& of, const Arguments& arguments, Calls& calls) {
  return int_value(place_of(side, of, arguments, calls));
}

template <Side side>
Value index(const Value& of, const Arguments& arguments, Calls& calls) {
  const int64_t place = place_of(side, of, arguments, calls);
  if (place < 0) refuse("substring not found");
  return int_value(place);
}

Value count(const Value& of, const Arguments& arguments, Calls& calls) {
  const Bound bound("count", arguments, {"sub", "start", "end"}, 1);
  const std::string& sub = wanted(bound);
  const Range range = range_of(of.text(), bound, 1, calls);
  if (range.is_empty_before) return int_value(0);
  const std::string_view part =
      std::string_view(of.text()).substr(range.begin, range.end - range.begin);
  if (sub.empty()) return int_value(length(part) + 1);
  int64_t found = 0;
  calls.budget.read(part.size() * 8);
  for (size_t i = 0; (i = chat::find_text(part, sub, i)) != part.npos; i += sub.size()) ++found;
  return int_value(found);
}

template <Side side>
Value has_at_side(const Value& of, const Arguments& arguments, Calls& calls) {
  const std::string_view name = side == Side::kLeft ? "startswith" : "endswith";
  const Bound bound(name, arguments, {"prefix", "start", "end"}, 1);
  const Range range = range_of(of.text(), bound, 1, calls);
  const std::string_view part =
      std::string_view(of.text()).substr(range.begin, range.end - range.begin);
  const auto has = [&](const Value& affix) {
    check_defined(affix);
    if (!affix.is_text()) {
      refuse(name, " first arg must be str or a tuple of str, not ", type_name(affix));
    }
    if (range.is_empty_before) return false;
    return side == Side::kLeft ? part.starts_with(affix.text()) : part.ends_with(affix.text());
  };
  const Value& affix = bound.at(0);
  const bool is_tuple =
      affix.is(Value::Kind::kSequence) && affix.sequence().kind == Sequence::Kind::kTuple;
  return bool_value(is_tuple ? std::ranges::any_of(affix.sequence().items, has) : has(affix));
}

// All characters are so, and there is one.
template <bool (*is)(char32_t)>
Value all_are(const Value& of, const Arguments& arguments, Calls& calls) {
  const Bound bound("the method", arguments, {});
  calls.budget.read(of.text().size() * 16);
  std::string_view text = of.text();
  if (text.empty()) return bool_value(false);
  for (; !text.empty(); text.remove_prefix(chat::decode_rune(text).size)) {
    if (!is(chat::decode_rune(text).code)) return bool_value(false);
  }
  return bool_value(true);
}

// Characters with a case are of this one, and there is one.
template <bool (*is)(char32_t)>
Value all_cased_are(const Value& of, const Arguments& arguments, Calls& calls) {
  const Bound bound("the method", arguments, {});
  calls.budget.read(of.text().size() * 16);
  bool has_one = false;
  for (std::string_view text = of.text(); !text.empty();
       text.remove_prefix(chat::decode_rune(text).size)) {
    const char32_t code = chat::decode_rune(text).code;
    if (!chat::is_cased(code)) continue;
    if (!is(code)) return bool_value(false);
    has_one = true;
  }
  return bool_value(has_one);
}

Value isascii(const Value& of, const Arguments& arguments, Calls&) {
  const Bound bound("isascii", arguments, {});
  return bool_value(std::ranges::all_of(of.text(), [](char c) { return (c & 0x80) == 0; }));
}

Value istitle(const Value& of, const Arguments& arguments, Calls& calls) {
  const Bound bound("istitle", arguments, {});
  calls.budget.read(of.text().size() * 16);
  bool follows_cased = false, has_one = false;
  for (std::string_view text = of.text(); !text.empty();
       text.remove_prefix(chat::decode_rune(text).size)) {
    const char32_t code = chat::decode_rune(text).code;
    if (chat::is_cased(code) && chat::is_lower(code) != follows_cased) return bool_value(false);
    follows_cased = chat::is_cased(code);
    has_one = has_one || follows_cased;
  }
  return bool_value(has_one);
}

bool is_name_character(char32_t code) { return code == '_' || chat::is_letter_or_digit(code); }

Value isidentifier(const Value& of, const Arguments& arguments, Calls& calls) {
  const bool begins = !of.text().empty() && !chat::is_decimal(chat::decode_rune(of.text()).code);
  return bool_value(begins && all_are<is_name_character>(of, arguments, calls).boolean());
}

Value isprintable(const Value& of, const Arguments& arguments, Calls& calls) {
  return bool_value(of.text().empty() ||
                    all_are<chat::is_printable>(of, arguments, calls).boolean());
}

constexpr std::array<Method, 7> kPlaces = {{{"count", count},
                                            {"endswith", has_at_side<Side::kRight>},
                                            {"find", find<Side::kLeft>},
                                            {"index", index<Side::kLeft>},
                                            {"rfind", find<Side::kRight>},
                                            {"rindex", index<Side::kRight>},
                                            {"startswith", has_at_side<Side::kLeft>}}};

constexpr std::array<Method, 12> kTests = {{{"isalnum", all_are<chat::is_letter_or_digit>},
                                            {"isalpha", all_are<chat::is_letter>},
                                            {"isascii", isascii},
                                            {"isdecimal", all_are<chat::is_decimal>},
                                            {"isdigit", all_are<chat::is_decimal>},
                                            {"isidentifier", isidentifier},
                                            {"islower", all_cased_are<chat::is_lower>},
                                            {"isnumeric", all_are<chat::is_decimal>},
                                            {"isprintable", isprintable},
                                            {"isspace", all_are<is_space>},
                                            {"istitle", istitle},
                                            {"isupper", all_cased_are<chat::is_upper>}}};

template <size_t size>
const Method* find_in(const std::array<Method, size>& methods, std::string_view name) {
  const auto found = std::ranges::find(methods, name, &Method::name);
  return found == methods.end() ? nullptr : &*found;
}

}  // namespace

const Method* find_text_test_method(std::string_view name) { return find_in(kTests, name); }
const Method* find_text_place_method(std::string_view name) { return find_in(kPlaces, name); }

}  // namespace cria::jinja
