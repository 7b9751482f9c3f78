#pragma once
// Requests of /v1/responses.

#include "server/openai/chat_request.h"
#include "server/requests/warnings.h"
#include "template/data.h"

namespace cria::server::openai {

struct AskedResponse : Asked {
  chat::Data::Object repeated = {};  // what the answer tells of the request
};

AskedResponse read_response(std::string_view body);

// input: a text, or messages, calls of functions, what they gave, and thoughts.
void read_input(const Fields& fields, std::vector<Turn>& turns, Warnings& warnings);

}  // namespace cria::server::openai
