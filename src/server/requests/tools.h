#pragma once
// Tools that a model may call, and their calls and results in conversations.

#include <nlohmann/json_fwd.hpp>
#include <string>
#include <string_view>

#include "server/fields.h"
#include "server/requests/requests.h"
#include "server/requests/warnings.h"

namespace cria::server {

// {type, function: {name, description, parameters}}, and `strict` where it is asked for, of a
// definition whose JSON Schema has the name `parameters`. InvalidArgument with its place.
chat::Data read_tool(const Fields& definition, std::string_view parameters, Warnings& warnings);
std::string_view name_of(const chat::Data& tool);

// InvalidArgument: a call is asked for, but there is no such tool, or none at all.
void check_choice(const ChatRequest& chat, std::string_view place);

// Arguments of a call that are a text: a JSON object, or nothing. InvalidArgument with the place.
chat::Data parse_arguments(const std::string& text, std::string_view place);

// The tool that the call of this id was of, "" when there was none.
std::string tool_called(const std::vector<Turn>& turns, std::string_view call_id);

}  // namespace cria::server
