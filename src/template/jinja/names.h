#pragma once
// What a parsed template reads: which variables and which fields.

#include <set>
#include <string>
#include <string_view>

#include "template/jinja/syntax.h"

namespace cria::jinja {

struct Reads {
  std::set<std::string, std::less<>> variables;  // that no loop, macro or `with` binds around them
  std::set<std::string, std::less<>> fields;     // a.name, a["name"], a.get("name"), "name" in a
  // Texts that others are cut at or looked through for: a.split("text"), "text" in a.
  std::set<std::string, std::less<>> sought;
};

Reads reads_of(const Program& program);

// Whether a macro's body or defaults mention a variable.
bool reads_name(const Macro& macro, std::string_view name);

}  // namespace cria::jinja
