#pragma once
// What a template sees of a conversation.

#include "template/jinja/value.h"
#include "template/message.h"

namespace cria::jinja {

enum class Content { kText, kParts };

// A dict. A role that templates know may be part of a special token ("<|user|>"), others not.
Value message_value(const chat::Message& message, Content content);

}  // namespace cria::jinja
