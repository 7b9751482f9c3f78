#pragma once
// What a template sees of a conversation.

#include "template/jinja/calls.h"
#include "template/message.h"

namespace cria::jinja {

// What a template handles: the content of a message as a text or as a list of parts, the arguments
// of a call as a dict or as the text of its JSON.
enum class Content { kText, kParts };
enum class ArgumentsForm { kDict, kJson };

// A dict. A role that templates know may be part of a special token ("<|user|>"), others not.
Value message_value(const chat::Message& message, Content content, ArgumentsForm form,
                    Calls& calls);

}  // namespace cria::jinja
