#include "template/jinja/value.h"

#include <algorithm>
#include <array>
#include <utility>

#include "base/error.h"

namespace cria::jinja {
namespace {

// Beyond ASCII, what Python's str.isspace() takes for white space.
constexpr std::array<std::string_view, 19> kWideSpaces = {
    "\xc2\x85",     "\xc2\xa0",     "\xe1\x9a\x80", "\xe2\x80\x80", "\xe2\x80\x81",
    "\xe2\x80\x82", "\xe2\x80\x83", "\xe2\x80\x84", "\xe2\x80\x85", "\xe2\x80\x86",
    "\xe2\x80\x87", "\xe2\x80\x88", "\xe2\x80\x89", "\xe2\x80\x8a", "\xe2\x80\xa8",
    "\xe2\x80\xa9", "\xe2\x80\xaf", "\xe2\x81\x9f", "\xe3\x80\x80"};

bool is_narrow_space(char c) {
  return c == ' ' || (c >= '\t' && c <= '\r') || (c >= '\x1c' && c <= '\x1f');
}

size_t space_before(std::string_view text) {
  if (!text.empty() && is_narrow_space(text.front())) return 1;
  for (const std::string_view space : kWideSpaces) {
    if (text.starts_with(space)) return space.size();
  }
  return 0;
}

size_t space_after(std::string_view text) {
  if (!text.empty() && is_narrow_space(text.back())) return 1;
  for (const std::string_view space : kWideSpaces) {
    if (text.ends_with(space)) return space.size();
  }
  return 0;
}

}  // namespace

Value list(List items) { return std::make_shared<List>(std::move(items)); }
Value dict(Dict items) { return std::make_shared<Dict>(std::move(items)); }

bool is_container(const Value& value) {
  return is<std::shared_ptr<List>>(value) || is<std::shared_ptr<Dict>>(value);
}

bool truth(const Value& value) {
  if (const auto* flag = std::get_if<bool>(&value)) return *flag;
  if (const auto* number = std::get_if<int64_t>(&value)) return *number != 0;
  if (const auto* text = std::get_if<std::string>(&value)) return !text->empty();
  if (const auto* items = std::get_if<std::shared_ptr<List>>(&value)) return !(*items)->empty();
  if (const auto* items = std::get_if<std::shared_ptr<Dict>>(&value)) return !(*items)->empty();
  return false;
}

bool equal(const Value& a, const Value& b) {
  // To Python, truth values are numbers.
  if (is<bool>(a) && is<int64_t>(b)) return int64_t{std::get<bool>(a)} == std::get<int64_t>(b);
  if (is<int64_t>(a) && is<bool>(b)) return equal(b, a);
  if (a.index() != b.index()) return false;
  if (const auto* flag = std::get_if<bool>(&a)) return *flag == std::get<bool>(b);
  if (const auto* number = std::get_if<int64_t>(&a)) return *number == std::get<int64_t>(b);
  if (const auto* text = std::get_if<std::string>(&a)) return *text == std::get<std::string>(b);
  if (is<Undefined>(a) || is<None>(a)) return true;
  fail(Error::Code::kUnsupported, "chat template: comparison of lists or dicts");
}

std::string to_text(const Value& value) {
  if (is<Undefined>(value)) return "";
  if (is<None>(value)) return "None";
  if (const auto* flag = std::get_if<bool>(&value)) return *flag ? "True" : "False";
  if (const auto* number = std::get_if<int64_t>(&value)) return std::to_string(*number);
  if (const auto* text = std::get_if<std::string>(&value)) return *text;
  fail(Error::Code::kUnsupported, "chat template: lists and dicts cannot be written as text");
}

std::string_view strip(std::string_view text, Sides sides) {
  if (sides != Sides::kRight) {
    while (const size_t size = space_before(text)) text.remove_prefix(size);
  }
  if (sides != Sides::kLeft) {
    while (const size_t size = space_after(text)) text.remove_suffix(size);
  }
  return text;
}

std::string_view strip_of(std::string_view text, std::string_view characters, Sides sides) {
  if (sides != Sides::kRight) {
    text.remove_prefix(std::min(text.find_first_not_of(characters), text.size()));
  }
  if (sides != Sides::kLeft) text = text.substr(0, text.find_last_not_of(characters) + 1);
  return text;
}

}  // namespace cria::jinja
