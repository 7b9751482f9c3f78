#pragma once
// Evaluates as much of Jinja as chat templates need for plain conversations: no imports, no
// inheritance, no input or output. What it does not know it refuses, so that what it gives is what
// Jinja would give.

#include <string>
#include <string_view>

#include "template/jinja/syntax.h"
#include "template/jinja/value.h"

namespace cria::jinja {

class Template {
 public:
  // Unsupported: syntax that is not known.
  explicit Template(std::string_view source) : program_(parse(source)) {}

  // Unsupported: something that is not known is reached, the template raises an exception, or it
  // does not end within the number of steps and the size of text that a chat template may take.
  std::string render(const Dict& variables) const;

 private:
  Block program_;
};

}  // namespace cria::jinja
