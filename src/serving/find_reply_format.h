#pragma once
// How a model marks its thoughts and its calls of tools.

#include <string>

#include "serving/text_model.h"
#include "template/reply/reply_format.h"

namespace cria::serving {

// `parser`: the PARSER that the model was stored with, or "". Unsupported: none is known of that
// name.
chat::ReplyFormat find_reply_format(const TextModel& model, const std::string& parser);

}  // namespace cria::serving
