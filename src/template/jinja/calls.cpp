#include "template/jinja/calls.h"

#include <algorithm>

#include "template/jinja/operators.h"

namespace cria::jinja {

Bound::Bound(std::string_view function, const Arguments& arguments,
             std::initializer_list<std::string_view> parameters, size_t required)
    : function_(function), values_(parameters.size()) {
  if (arguments.positional.size() > parameters.size()) {
    refuse(function, "() takes ", parameters.size(), " arguments, not ",
           arguments.positional.size());
  }
  for (size_t i = 0; i < arguments.positional.size(); ++i) values_[i] = &arguments.positional[i];
  for (const auto& [marked, value] : arguments.keywords) {
    const std::string& name = marked.text();
    const auto* const parameter = std::find(parameters.begin(), parameters.end(), name);
    if (parameter == parameters.end()) refuse(function, "() takes no argument '", name, "'");
    const Value*& place = values_[static_cast<size_t>(parameter - parameters.begin())];
    if (place) refuse(function, "() got two values for '", name, "'");
    place = &value;
  }
  for (size_t i = 0; i < required; ++i) {
    if (!values_[i]) refuse(function, "() wants an argument '", *(parameters.begin() + i), "'");
  }
}

int64_t Bound::integer(size_t parameter, int64_t preset) const {
  const Value* value = values_[parameter];
  if (!value) return preset;
  check_defined(*value);
  if (value->is_whole()) return value->integer();
  refuse(function_, "(): '", type_name(*value), "' object cannot be interpreted as an integer");
}

const MarkedText* Bound::text(size_t parameter) const {
  const Value* value = values_[parameter];
  if (!value || value->is_none()) return nullptr;
  check_defined(*value);
  if (value->is_text()) return &value->marked();
  refuse(function_, "(): expected str, not ", type_name(*value));
}

}  // namespace cria::jinja
