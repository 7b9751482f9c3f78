#pragma once
// What messages hold: a text, or a list of parts. Texts become one, a line for each; pictures are
// files beside it.

#include <string_view>

#include "server/fields.h"
#include "server/requests/requests.h"
#include "server/requests/warnings.h"

namespace cria::server::openai {

// Nothing when the field is not there. InvalidArgument: parts of a type that no model here takes.
// Types are those of chat completions (text, image_url) and of responses (input_text, ...).
void read_content(const Fields& message, std::string_view name, Turn& turn, Warnings& warnings);

}  // namespace cria::server::openai
