#pragma once
// What answers have to fit, as text.

#include <memory>
#include <string_view>

#include "grammar/grammar.h"

namespace cria::serving {

// "json", a JSON Schema, gbnf:GRAMMAR or regex:EXPRESSION. The same text gives the same grammar as
// long as it is remembered, so that what a model has found out of it is of use again.
// InvalidArgument, Unsupported: it is none of them, or can not be honoured.
std::shared_ptr<const grammar::Grammar> answer_format(std::string_view format);

}  // namespace cria::serving
