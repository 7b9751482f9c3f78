// toTypeScriptType: how TypeScript writes the type of a tool's property.

#include <string>
#include <string_view>
#include <vector>

#include "template/go/functions.h"
#include "template/go/tools.h"

namespace cria::go {
namespace {

std::string type_script_of(std::string_view type) {
  if (type == "string" || type == "boolean" || type == "null") return std::string(type);
  if (type == "number" || type == "integer") return "number";
  if (type == "array") return "any[]";
  if (type == "object") return "Record<string, any>";
  return "any";
}

std::string type_script_of(const Value& property) {
  const std::vector<Value>& alternatives = property.fields().find("AnyOf")->list().items;
  const std::vector<Value>& types = property.fields().find("Type")->list().items;
  std::string text;
  const auto add = [&](const std::string& one) { text += (text.empty() ? "" : " | ") + one; };
  for (const Value& alternative : alternatives) add(type_script_of(alternative));
  if (alternatives.empty()) {
    for (const Value& type : types) add(type_script_of(type.text()));
  }
  return text.empty() ? "any" : text;
}

}  // namespace

Value type_script_type(Arguments arguments, Calls& calls) {
  std::string text = is_property(arguments[0]) ? type_script_of(arguments[0]) : "any";
  calls.budget.text(text.size());
  return text_value(MarkedText(std::move(text), false));
}

}  // namespace cria::go
