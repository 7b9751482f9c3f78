#pragma once
// Formats that are known by what templates show of them.

#include <string_view>
#include <utility>

#include "template/reply/reply_format.h"

namespace cria::chat {

// The format of which a rendered text shows the markers; nothing if of none.
std::optional<ReplyFormat> format_shown_in(std::string_view text);

// Null: none has this name.
const ReplyFormat* find_known_format(std::string_view name);

// Opening and closing markers of thoughts, of models that are known.
const std::vector<std::pair<std::string, std::string>>& known_thoughts();

// The text of a call as the syntax has it; nothing if its arguments are no JSON.
std::optional<CallText> call_text_of(const CallSyntax& syntax);

}  // namespace cria::chat
