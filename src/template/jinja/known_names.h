#pragma once
// Whether a template's filters and tests are there, as jinja2's compiler looks at it.

#include "template/jinja/syntax.h"

namespace cria::jinja {

// InvalidArgument: one is not. Those that stand right in branches, {% if %} or a if b else c, count
// only when they are reached: templates ask there for filters that only others have.
void check_names(const Program& program);

}  // namespace cria::jinja
