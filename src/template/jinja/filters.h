#pragma once
// The filters: "value | name(arguments)".

#include <string_view>

#include "template/jinja/methods.h"

namespace cria::jinja {

// Also those that are refused by name when they are reached.
bool is_filter(std::string_view name);
// Of a name that is_filter knows.
Value apply_filter(std::string_view name, const Value& value, const Arguments& arguments,
                   Calls& calls);

using Filter = Method;

// The tables that filters stand in; null when there is none of that name.
const Filter* find_text_filter(std::string_view name);
const Filter* find_list_filter(std::string_view name);
const Filter* find_selection_filter(std::string_view name);
const Filter* find_value_filter(std::string_view name);

// What `attribute=` names: "a.b.0", or a number. What is undefined on the way is `preset`, if there
// is one.
Value attribute_path(const Value& of, const Value* path, Calls& calls,
                     const Value* preset = nullptr);

// Lower case texts where case does not count.
enum class Case { kCounts, kIgnored };
Value without_case(const Value& value, Case letters, Calls& calls);

}  // namespace cria::jinja
