#pragma once
// Jinja, the language of chat templates, as transformers runs it: jinja2's sandbox in which values
// do not change, trim_blocks and lstrip_blocks on, with the loop controls, {% generation %}, and
// tojson, raise_exception and strftime_now of its own. Markup is text like any other: `safe` does
// nothing.

#include <ctime>
#include <string>
#include <string_view>
#include <vector>

#include "template/jinja/interpreter.h"
#include "template/jinja/syntax.h"
#include "template/message.h"

namespace cria::jinja {

struct RunOptions {
  chat::Limits limits{};
  std::time_t now = std::time(nullptr);
};

class Template {
 public:
  // `name` is for messages. InvalidArgument: "template: NAME:LINE: ...", what is no template.
  // Unsupported: tags that load other templates, and what is nested too deeply.
  Template(std::string name, std::string_view source);

  const Program& program() const { return program_; }

  // What comes from the template is special in it, what comes from users is not. InvalidArgument:
  // what Python refuses, and what the template raises. Unsupported: beyond the limits, and what is
  // not known here.
  std::vector<chat::Part> run(const Variables& variables, const RunOptions& options = {}) const;
  // The same with an object's members as variables; nothing else is accepted.
  std::vector<chat::Part> run(const Data& data, const RunOptions& options = {}) const;

 private:
  Program program_;
};

}  // namespace cria::jinja
