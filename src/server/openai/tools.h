#pragma once
// Tools of /v1/chat/completions and /v1/responses.

#include "server/fields.h"
#include "server/requests/requests.h"
#include "server/requests/warnings.h"

namespace cria::server::openai {

// tools, tool_choice, parallel_tool_calls, and functions and function_call, their older names.
// Tools that only a service of OpenAI's has are left out, with a warning. InvalidArgument: a choice
// that can not be followed.
void read_tools(const Fields& request, ChatRequest& chat, Warnings& warnings);

}  // namespace cria::server::openai
