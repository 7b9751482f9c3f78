#pragma once
// What a model writes back, piece by piece.

#include <cstdint>
#include <string>

#include "template/message.h"

namespace cria::chat {

struct ReplyEvent {
  enum class Kind : uint8_t {
    kThinking,       // text
    kContent,        // text
    kToolBegin,      // call: id, index, name
    kToolArguments,  // text: some more of the arguments of the call that has begun, JSON
    kToolEnd,        // call: all of it
  };
  Kind kind = Kind::kContent;
  std::string text = {};
  ToolCall call = {};
};

}  // namespace cria::chat
