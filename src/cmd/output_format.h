#pragma once
// What --format asks for.

#include <memory>
#include <string_view>

#include "grammar/grammar.h"

namespace cria::cmd {

// "json", a JSON Schema, or schema:FILE, gbnf:FILE, regex:EXPRESSION. InvalidArgument, Unsupported:
// it is none of them, or can not be honoured; the message names a file.
std::shared_ptr<const grammar::Grammar> output_format(std::string_view format);

}  // namespace cria::cmd
