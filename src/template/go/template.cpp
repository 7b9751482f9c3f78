#include "template/go/template.h"

#include <utility>

#include "template/go/parser.h"

namespace cria::go {

Template::Template(std::string name, std::string source)
    : program_(parse(std::move(name), std::move(source))) {}

std::vector<chat::Part> Template::execute(const Value& data, const ExecuteOptions& options) const {
  return Executor(program_, options.missing_key, options.limits, options.now).run(data).parts();
}

std::string text_of(const std::vector<chat::Part>& parts) {
  std::string text;
  for (const chat::Part& part : parts) text += part.text;
  return text;
}

}  // namespace cria::go
