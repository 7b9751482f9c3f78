#include "template/jinja/functions.h"

#include <array>

#include "template/jinja/operators.h"
#include "template/jinja/printer.h"

namespace cria::jinja {
namespace {

constexpr std::array<std::string_view, 8> kNames = {
    "range", "dict", "namespace", "raise_exception", "strftime_now", "lipsum", "cycler", "joiner"};

Value range(const Arguments& arguments, Calls& calls) {
  const Bound bound("range", arguments, {"start", "stop", "step"}, 1);
  const bool has_begin = bound.find(1) != nullptr;
  const int64_t begin = has_begin ? bound.integer(0, 0) : 0;
  const int64_t end = bound.integer(has_begin ? 1 : 0, 0), step = bound.integer(2, 1);
  if (step == 0) refuse("range() arg 3 must not be zero");
  constexpr int64_t kLongest = 100'000;  // as in the sandbox
  Sequence range{.kind = Sequence::Kind::kRange, .range = {begin, end, step}};
  for (int64_t i = begin; step > 0 ? i < end : i > end;) {
    if (static_cast<int64_t>(range.items.size()) == kLongest) {
      refuse("range too big, the sandbox blocks ranges larger than ", kLongest);
    }
    range.items.push_back(int_value(i));
    if (__builtin_add_overflow(i, step, &i)) break;
  }
  calls.count(range.items.size());
  return sequence_value(std::move(range));
}

[[noreturn]] void raise_exception(const Arguments& arguments, Calls& calls) {
  const Bound bound("raise_exception", arguments, {"message"}, 1);
  throw Raised{to_text(bound.at(0), calls).text()};
}

Value strftime_now(const Arguments& arguments, Calls& calls) {
  const Bound bound("strftime_now", arguments, {"format"}, 1);
  const MarkedText* format = bound.text(0);
  if (!format) refuse("strftime_now: expected a format");
  constexpr size_t kLongest = 4096;
  if (format->text().empty()) return special_text("");
  std::tm local{};
  localtime_r(&calls.now, &local);
  std::array<char, kLongest> text;
  const size_t size = std::strftime(text.data(), text.size(), format->text().c_str(), &local);
  if (size == 0) refuse_unsupported("strftime_now: a text beyond ", kLongest, " bytes");
  return calls.text(MarkedText(std::string(text.data(), size), format->special()));
}

}  // namespace

std::span<const std::string_view> function_names() { return kNames; }

Dict dict_of(const Arguments& arguments, Calls& calls) {
  if (arguments.positional.size() > 1) {
    refuse("dict expected at most 1 argument, got ", arguments.positional.size());
  }
  Dict dict;
  for (const Value& from : arguments.positional) {
    check_defined(from);
    if (from.is(Value::Kind::kDict)) {
      calls.count(from.dict().entries().size());
      for (const auto& [key, value] : from.dict().entries()) dict.set(key, value);
      continue;
    }
    for (const Value& pair : iterate(from, calls)) {
      const Values both = iterate(pair, calls);
      if (both.size() != 2) refuse("dict(): expected pairs, not a sequence of ", both.size());
      dict.set(both[0], both[1]);
    }
  }
  for (const auto& [name, value] : arguments.keywords) dict.set(text_value(name), value);
  return dict;
}

Value call_function(std::string_view name, const Arguments& arguments, Calls& calls) {
  if (name == "range") return range(arguments, calls);
  if (name == "dict") return dict_value(dict_of(arguments, calls));
  if (name == "raise_exception") raise_exception(arguments, calls);
  if (name == "strftime_now") return strftime_now(arguments, calls);
  refuse_unsupported("the function ", name, "() is not supported");
}

}  // namespace cria::jinja
