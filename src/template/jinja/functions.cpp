#include "template/jinja/functions.h"

#include <algorithm>
#include <limits>
#include <optional>
#include <utility>

#include "base/error.h"
#include "base/quote.h"

namespace cria::jinja {
namespace {

const std::string& text_of(const Value& value, const std::string& what) {
  if (const auto* text = std::get_if<std::string>(&value)) return *text;
  fail_unsupported(what + " of what is no text");
}

std::string lower(std::string text) {
  for (char& c : text) {
    if (static_cast<unsigned char>(c) >= 0x80) fail_unsupported("case of letters beyond ASCII");
    if (c >= 'A' && c <= 'Z') c = static_cast<char>(c - 'A' + 'a');
  }
  return text;
}

std::string upper(std::string text) {
  for (char& c : text) {
    if (static_cast<unsigned char>(c) >= 0x80) fail_unsupported("case of letters beyond ASCII");
    if (c >= 'a' && c <= 'z') c = static_cast<char>(c - 'a' + 'A');
  }
  return text;
}

int64_t length(const Value& value) {
  if (const auto* text = std::get_if<std::string>(&value)) {
    // Characters, not bytes.
    return std::count_if(text->begin(), text->end(), [](char c) { return (c & 0xc0) != 0x80; });
  }
  if (const auto* items = std::get_if<std::shared_ptr<List>>(&value)) {
    return static_cast<int64_t>((*items)->size());
  }
  if (const auto* items = std::get_if<std::shared_ptr<Dict>>(&value)) {
    return static_cast<int64_t>((*items)->size());
  }
  fail_unsupported("length of this value");
}

Value split(const std::string& text, const std::string& separator) {
  if (separator.empty()) fail_unsupported("split by nothing");
  List parts;
  size_t begin = 0;
  for (size_t end = text.find(separator); end != std::string::npos;
       end = text.find(separator, begin)) {
    parts.emplace_back(text.substr(begin, end - begin));
    begin = end + separator.size();
  }
  parts.emplace_back(text.substr(begin));
  return list(std::move(parts));
}

Value strip_method(const std::string& text, std::span<const Value> arguments, Sides sides) {
  if (arguments.empty()) return std::string(strip(text, sides));
  return std::string(strip_of(text, text_of(arguments[0], "strip"), sides));
}

bool contains(const Value& container, const Value& value) {
  if (const auto* text = std::get_if<std::string>(&container)) {
    return text->find(text_of(value, "in")) != std::string::npos;
  }
  if (const auto* items = std::get_if<std::shared_ptr<List>>(&container)) {
    return std::any_of((*items)->begin(), (*items)->end(),
                       [&](const Value& element) { return equal(element, value); });
  }
  if (const auto* items = std::get_if<std::shared_ptr<Dict>>(&container)) {
    return is<std::string>(value) && (*items)->count(std::get<std::string>(value)) > 0;
  }
  fail_unsupported("in for this value");
}

// Integers beyond this do not occur in chat templates, and sums and products of smaller ones do not
// overflow.
constexpr int64_t kLargest = std::numeric_limits<int32_t>::max();

Value arithmetic(const std::string& name, int64_t a, int64_t b) {
  if (a > kLargest || a < -kLargest || b > kLargest || b < -kLargest) {
    fail_unsupported("large numbers");
  }
  if (name == "+") return a + b;
  if (name == "-") return a - b;
  if (name == "*") return a * b;
  if (name == "<") return a < b;
  if (name == ">") return a > b;
  if (name == "<=") return a <= b;
  if (name == ">=") return a >= b;
  if (name == "%" && b > 0) return (a % b + b) % b;
  fail_unsupported("operator " + name);
}

std::optional<int64_t> bound_of(const Value& value) {
  if (is<None>(value)) return std::nullopt;
  if (const auto* number = std::get_if<int64_t>(&value)) return *number;
  fail_unsupported("slice by what is no integer");
}

}  // namespace

void fail_unsupported(const std::string& what) {
  fail(Error::Code::kUnsupported, "chat template: ", what);
}

Value apply_filter(const std::string& name, const Value& value, std::span<const Value> arguments) {
  if (name == "default" || name == "d") {
    if (arguments.size() != 1) fail_unsupported("default with these arguments");
    return is<Undefined>(value) ? arguments[0] : value;
  }
  if (!arguments.empty()) fail_unsupported("arguments of filter " + name);
  if (name == "trim") return std::string(strip(to_text(value)));
  if (name == "length" || name == "count") return length(value);
  if (name == "string") return to_text(value);
  if (name == "lower") return lower(to_text(value));
  if (name == "upper") return upper(to_text(value));
  if (name == "first") return item(value, int64_t{0});
  if (name == "last") return item(value, int64_t{-1});
  fail_unsupported("filter " + quote(name));
}

bool apply_test(const std::string& name, const Value& value) {
  const bool is_text = is<std::string>(value);
  const bool is_mapping = is<std::shared_ptr<Dict>>(value);
  const bool is_list = is<std::shared_ptr<List>>(value);
  if (name == "defined") return !is<Undefined>(value);
  if (name == "undefined") return is<Undefined>(value);
  if (name == "none") return is<None>(value);
  if (name == "string") return is_text;
  if (name == "mapping") return is_mapping;
  if (name == "iterable" || name == "sequence") return is_text || is_mapping || is_list;
  if (name == "number" || name == "integer") return is<int64_t>(value);
  if (name == "boolean") return is<bool>(value);
  if (name == "true") return is<bool>(value) && std::get<bool>(value);
  if (name == "false") return is<bool>(value) && !std::get<bool>(value);
  fail_unsupported("test " + quote(name));
}

Value call_method(const Value& object, const std::string& name, std::span<const Value> arguments) {
  if (name == "get" && is<std::shared_ptr<Dict>>(object) && !arguments.empty()) {
    Value found = item(object, arguments[0]);
    if (!is<Undefined>(found)) return found;
    return arguments.size() > 1 ? arguments[1] : Value(None{});
  }
  const std::string text = text_of(object, "method " + quote(name));
  if (name == "strip") return strip_method(text, arguments, Sides::kBoth);
  if (name == "lstrip") return strip_method(text, arguments, Sides::kLeft);
  if (name == "rstrip") return strip_method(text, arguments, Sides::kRight);
  if (name == "lower" && arguments.empty()) return lower(text);
  if (name == "upper" && arguments.empty()) return upper(text);
  if (arguments.size() == 1) {
    const std::string argument = text_of(arguments[0], "argument of method " + quote(name));
    if (name == "startswith") return text.starts_with(argument);
    if (name == "endswith") return text.ends_with(argument);
    if (name == "split") return split(text, argument);
  }
  fail_unsupported("method " + quote(name));
}

Value apply_operator(const std::string& name, const Value& left, const Value& right) {
  if (name == "==") return equal(left, right);
  if (name == "!=") return !equal(left, right);
  if (name == "in") return contains(right, left);
  if (name == "~") return to_text(left) + to_text(right);
  if (is<int64_t>(left) && is<int64_t>(right)) {
    return arithmetic(name, std::get<int64_t>(left), std::get<int64_t>(right));
  }
  if (name == "+" && is<std::string>(left) && is<std::string>(right)) {
    return std::get<std::string>(left) + std::get<std::string>(right);
  }
  fail_unsupported("operator " + name + " for these values");
}

Value item(const Value& container, const Value& key) {
  if (const auto* items = std::get_if<std::shared_ptr<Dict>>(&container)) {
    if (!is<std::string>(key)) return Undefined{};
    const auto found = (*items)->find(std::get<std::string>(key));
    return found == (*items)->end() ? Value(Undefined{}) : found->second;
  }
  const auto* items = std::get_if<std::shared_ptr<List>>(&container);
  if (items && is<int64_t>(key)) {
    const auto size = static_cast<int64_t>((*items)->size());
    const int64_t index = std::get<int64_t>(key) + (std::get<int64_t>(key) < 0 ? size : 0);
    return index >= 0 && index < size ? (**items)[static_cast<size_t>(index)] : Value(Undefined{});
  }
  if (is<Undefined>(container) || is<std::string>(container)) {
    fail_unsupported("part of a text, or of what is not defined");
  }
  return Undefined{};
}

Value slice(const Value& container, const Value& begin, const Value& end, const Value& step) {
  const auto* items = std::get_if<std::shared_ptr<List>>(&container);
  if (!items) fail_unsupported("slice of what is no list");
  const auto size = static_cast<int64_t>((*items)->size());
  const int64_t stride = bound_of(step).value_or(1);
  if (stride == -1 && !bound_of(begin) && !bound_of(end)) {
    return list(List((*items)->rbegin(), (*items)->rend()));
  }
  if (stride != 1) fail_unsupported("slice with this step");
  const auto place = [&](std::optional<int64_t> bound, int64_t otherwise) {
    if (!bound) return otherwise;
    return std::clamp(*bound < 0 ? *bound + size : *bound, int64_t{0}, size);
  };
  const int64_t from = place(bound_of(begin), 0);
  const int64_t to = std::max(from, place(bound_of(end), size));
  return list(List((*items)->begin() + from, (*items)->begin() + to));
}

}  // namespace cria::jinja
