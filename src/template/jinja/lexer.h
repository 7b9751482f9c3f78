#pragma once
// Cuts a Jinja template into tokens. White space around tags goes as transformers sets it:
// trim_blocks and lstrip_blocks on, the last newline dropped.

#include <string>
#include <string_view>
#include <vector>

#include "template/jinja/token.h"

namespace cria::jinja {

// Messages of what is wrong in the source.
std::string place_text(std::string_view name, int line);  // "template: NAME:LINE: "

// The last token is kEnd. InvalidArgument: "template: NAME:LINE: ...", what is no template.
std::vector<Token> tokenize(std::string_view name, std::string_view source);

}  // namespace cria::jinja
