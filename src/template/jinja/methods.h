#pragma once
// The methods of Python's texts, dicts and lists.

#include <string_view>

#include "template/jinja/calls.h"
#include "template/jinja/strings.h"

namespace cria::jinja {

bool is_method(const Value& of, std::string_view name);
// A method that the sandbox of transformers refuses: append, update, ...
bool changes_value(const Value& of, std::string_view name);

// Of a name that is_method knows. Unsupported: one that is not known here.
Value call_method(const Value& of, std::string_view name, const Arguments& arguments, Calls& calls);

// A method, as the tables hold it.
struct Method {
  std::string_view name;
  Value (*call)(const Value& of, const Arguments& arguments, Calls& calls);
};

// Each null when there is none of that name.
const Method* find_text_method(std::string_view name);
const Method* find_text_test_method(std::string_view name);   // isdigit() and the like
const Method* find_text_place_method(std::string_view name);  // find(), startswith() and the like

// What filters have in common with methods.
Value split(const MarkedText& text, const Arguments& arguments, Calls& calls);
// `characters` may be null: white space.
Value strip(const MarkedText& text, Side side, const MarkedText* characters, Calls& calls);
Value join(const Values& items, const MarkedText& between, Calls& calls);  // of texts
Value replace(const MarkedText& text, const MarkedText& from, const MarkedText& to, int64_t limit,
              Calls& calls);
Value center(const MarkedText& text, int64_t width, const MarkedText& fill, Calls& calls);

}  // namespace cria::jinja
