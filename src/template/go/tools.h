#pragma once
// Tools, calls of tools and messages as Go templates see them. Names, order and JSON of the fields
// are those of Ollama's types.

#include "template/go/value.h"
#include "template/message.h"

namespace cria::go {

// InvalidArgument: what is no list of tools as in the API. Null is a list that is nil.
Value tools_value(const Data& tools);
// The content is that of messages which were made one, with what stands for their pictures.
Value message_value(const chat::Message& message, MarkedText content);

bool is_property(const Value& value);  // of a tool: what its parameters' properties are

}  // namespace cria::go
