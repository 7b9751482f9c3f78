// Calls, and the macros that they may be of.
#include <algorithm>

#include "template/jinja/functions.h"
#include "template/jinja/interpreter.h"
#include "template/jinja/methods.h"
#include "template/jinja/operators.h"

namespace cria::jinja {
namespace {

// Takes the argument of a name out; `otherwise` when there is none.
template <class Otherwise>
Value take(Arguments& arguments, std::string_view name, const Otherwise& otherwise) {
  auto& keywords = arguments.keywords;
  const auto found = std::ranges::find(
      keywords, name, [](const auto& one) -> std::string_view { return one.first.text(); });
  if (found == keywords.end()) return otherwise();
  const Value value = found->second;
  keywords.erase(found);
  return value;
}

}  // namespace

Value Interpreter::make_macro(std::shared_ptr<const Macro> macro) {
  auto& object = make_object<MacroObject>();
  object.macro = std::move(macro);
  object.scope = scope_;
  return object_value(object);
}

Value Interpreter::make_namespace(const Arguments& arguments) {
  Dict attributes = dict_of(arguments, calls_);
  for (const auto& [key, value] : attributes.entries()) {
    if (key.is_text() && key.text().starts_with('_')) {
      refuse("'", key.text(), "': attributes of a namespace can not begin with '_'");
    }
  }
  auto& names = make_object<Namespace>();
  names.attributes = std::move(attributes);
  return object_value(names);
}

Value Interpreter::call(const Value& callee, const Arguments& arguments) {
  check_defined(callee);
  budget_.step();
  if (callee.is(Value::Kind::kObject)) {
    if (const auto* macro = dynamic_cast<const MacroObject*>(&callee.object())) {
      return call_macro(*macro, arguments);
    }
    if (auto* loop = dynamic_cast<LoopObject*>(&callee.object())) {
      return call_loop(*loop, arguments);
    }
  }
  if (!callee.is(Value::Kind::kFunction)) {
    refuse("'", type_name(callee), "' object is not callable");
  }
  const Function& function = callee.function();
  if (!function.self) {
    return function.name == "namespace" ? make_namespace(arguments)
                                        : call_function(function.name, arguments, calls_);
  }
  if (function.self->is(Value::Kind::kObject)) {
    return call_loop_method(dynamic_cast<LoopObject&>(function.self->object()), function.name,
                            arguments);
  }
  return call_method(*function.self, function.name, arguments, calls_);
}

Value Interpreter::call_macro(const MacroObject& object, Arguments arguments) {
  const Macro& macro = *object.macro;
  const int line = line_;
  MarkedText made;
  {
    const Inside inside(*this, object.scope, &made);
    const size_t places = macro.parameters.size();
    Values more;
    for (size_t i = 0; i < arguments.positional.size(); ++i) {
      if (i < places) {
        scope_->set(macro.parameters[i].name, arguments.positional[i]);
      } else {
        more.push_back(arguments.positional[i]);
      }
    }
    for (size_t i = std::min(arguments.positional.size(), places); i < places; ++i) {
      const Parameter& parameter = macro.parameters[i];
      scope_->set(parameter.name, take(arguments, parameter.name, [&] {
                    return parameter.preset ? evaluate(*parameter.preset)
                                            : undefined(concat("parameter '", parameter.name,
                                                               "' was not provided"));
                  }));
    }
    if (macro.takes_caller) {
      scope_->set("caller",
                  take(arguments, "caller", [] { return undefined("no caller defined"); }));
    }
    if (macro.takes_keywords) {
      scope_->set("kwargs",
                  dict_value(dict_of({.keywords = std::move(arguments.keywords)}, calls_)));
    } else if (!arguments.keywords.empty()) {
      refuse("macro '", macro.name, "' takes no keyword argument '",
             arguments.keywords.front().first.text(), "'");
    }
    if (macro.takes_more) {
      scope_->set("varargs", tuple_value(std::move(more)));
    } else if (!more.empty()) {
      refuse("macro '", macro.name, "' takes not more than ", places, " argument(s)");
    }
    run(macro.body);
  }
  line_ = line;
  return text_value(std::move(made));
}

}  // namespace cria::jinja
