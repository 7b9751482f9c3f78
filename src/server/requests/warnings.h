#pragma once
// What was asked for and has no effect: it is told with the answer.

#include <initializer_list>
#include <string>
#include <string_view>
#include <vector>

#include "server/fields.h"

namespace cria::server {

using Warnings = std::vector<std::string>;

// After a number of them only that there are more.
void warn(Warnings& warnings, std::string text);
// Fields that change nothing here and need no warning.
void accept(const Fields& fields, std::initializer_list<std::string_view> names);
// Of each field that nobody has asked for.
void warn_of_unread(Warnings& warnings, const Fields& fields);

}  // namespace cria::server
