#include "template/jinja/template.h"

#include <utility>

#include "template/jinja/parser.h"

namespace cria::jinja {

Template::Template(std::string name, std::string_view source)
    : program_(parse(std::move(name), source)) {}

std::vector<chat::Part> Template::run(const Variables& variables, const RunOptions& options) const {
  return Interpreter(program_, options.limits, options.now).run(variables).parts();
}

std::vector<chat::Part> Template::run(const Data& data, const RunOptions& options) const {
  if (data.kind() != Data::Kind::kObject) {
    fail(Error::Code::kInvalidArgument, "template: ", program_.name,
         ": its data must be an object, whose members are the template's variables");
  }
  Variables variables;
  for (const auto& [name, value] : data.object()) variables.emplace_back(name, value_of(value));
  return run(variables, options);
}

}  // namespace cria::jinja
