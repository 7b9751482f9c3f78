#pragma once
// Tools of /v1/messages, and which of them is to be called.

#include "server/fields.h"
#include "server/requests/requests.h"
#include "server/requests/warnings.h"

namespace cria::server::anthropic {

// tools and tool_choice. Tools that Anthropic's service has itself are left out, with a warning.
void read_tools(const Fields& request, ChatRequest& chat, Warnings& warnings);

}  // namespace cria::server::anthropic
