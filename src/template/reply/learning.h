#pragma once
// Learns from a call as a template writes it how calls are written.

#include <optional>
#include <string_view>

#include "template/reply/reply_format.h"

namespace cria::chat {

struct LearntCalls {
  CallSyntax syntax;
  std::optional<CallText> text = {};
};

// From a turn of one call and, if there is one, a turn of two, with what Said has in them. Nothing:
// the notation is of no kind that is known.
std::optional<LearntCalls> learn_calls(std::string_view one, std::string_view two);

}  // namespace cria::chat
