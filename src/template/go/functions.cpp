#include "template/go/functions.h"

#include <algorithm>

#include "template/go/json.h"
#include "template/go/printer.h"

namespace cria::go {
namespace {

using Takes = Function::Takes;

constexpr auto kAny = Takes::kAny;
constexpr auto kText = Takes::kText;

Value truth_value(bool value) { return {value}; }

Value new_text(std::string text, Calls& calls) {
  calls.budget.text(text.size());
  return text_value(MarkedText(std::move(text), false));
}

// What html, js and urlquery escape: the arguments as print() has them, but "<no value>" for nil.
MarkedText printed(Arguments arguments, Calls& calls) {
  std::vector<Value> values(arguments.begin(), arguments.end());
  for (Value& value : values) {
    if (value.is_nothing()) value = constant_text("<no value>");
  }
  Printer printer(calls.budget);
  printer.print(values);
  return printer.take();
}

Value escaped(std::string (*escape)(std::string_view), Arguments arguments, Calls& calls) {
  const MarkedText text = printed(arguments, calls);
  std::string out = escape(text.text());
  calls.budget.text(out.size());
  return text_value(MarkedText(std::move(out), text.special()));
}

Value print(Arguments arguments, Calls& calls) {
  Printer printer(calls.budget);
  printer.print(arguments);
  return text_value(printer.take());
}

Value println(Arguments arguments, Calls& calls) {
  Printer printer(calls.budget);
  printer.println(arguments);
  return text_value(printer.take());
}

Value printf(Arguments arguments, Calls& calls) {
  Printer printer(calls.budget);
  printer.printf(arguments[0].marked(), arguments.subspan(1));
  return text_value(printer.take());
}

// No value here is a function.
Value call(Arguments arguments, Calls&) {
  if (arguments[0].is_nothing()) throw CallError("call of nil");
  throw CallError("non-function of type " + type_name(arguments[0]));
}

// Whatever format the arguments ask for, as in Ollama.
Value date(const Calls& calls, int days) {
  std::tm day{};
  localtime_r(&calls.now, &day);
  day.tm_mday += days;
  day.tm_isdst = -1;
  std::mktime(&day);
  char text[32];
  const size_t size = std::strftime(text, sizeof(text), "%Y-%m-%d", &day);
  return constant_text(std::string(text, size));
}

const std::vector<Function>& functions() {
  static const std::vector<Function> all = {
      {"and", {kAny}, kAny, nullptr},
      {"or", {kAny}, kAny, nullptr},
      {"not", {kAny}, {}, [](Arguments a, Calls&) { return truth_value(!truth(a[0])); }},
      {"eq",
       {kAny},
       kAny,
       [](Arguments a, Calls& calls) { return truth_value(is_equal(a[0], a.subspan(1), calls)); }},
      {"ne",
       {kAny, kAny},
       {},
       [](Arguments a, Calls& calls) { return truth_value(!is_equal(a[0], a.subspan(1), calls)); }},
      {"lt",
       {kAny, kAny},
       {},
       [](Arguments a, Calls& calls) { return truth_value(is_less(a[0], a[1], calls)); }},
      {"le",
       {kAny, kAny},
       {},
       [](Arguments a, Calls& calls) {
         return truth_value(is_less(a[0], a[1], calls) || is_equal(a[0], a.subspan(1), calls));
       }},
      {"gt",
       {kAny, kAny},
       {},
       [](Arguments a, Calls& calls) {
         return truth_value(!is_less(a[0], a[1], calls) && !is_equal(a[0], a.subspan(1), calls));
       }},
      {"ge",
       {kAny, kAny},
       {},
       [](Arguments a, Calls& calls) { return truth_value(!is_less(a[0], a[1], calls)); }},
      {"len", {kAny}, {}, length},
      {"index", {kAny}, kAny, index},
      {"slice", {kAny}, kAny, slice},
      {"print", {}, kAny, print},
      {"println", {}, kAny, println},
      {"printf", {kText}, kAny, printf},
      {"html", {}, kAny, [](Arguments a, Calls& calls) { return escaped(escape_html, a, calls); }},
      {"js", {}, kAny, [](Arguments a, Calls& calls) { return escaped(escape_js, a, calls); }},
      {"urlquery",
       {},
       kAny,
       [](Arguments a, Calls& calls) { return escaped(escape_query, a, calls); }},
      {"call", {kAny}, kAny, call},
      {"json",
       {kAny},
       {},
       [](Arguments a, Calls& calls) { return new_text(json_text(a[0]), calls); }},
      {"currentDate", {}, kText, [](Arguments, Calls& calls) { return date(calls, 0); }},
      {"yesterdayDate", {}, kText, [](Arguments, Calls& calls) { return date(calls, -1); }},
      {"toTypeScriptType", {kAny}, {}, type_script_type},
  };
  return all;
}

}  // namespace

const Function* find_function(std::string_view name) {
  const auto found = std::ranges::find(functions(), name, &Function::name);
  return found == functions().end() ? nullptr : &*found;
}

}  // namespace cria::go
