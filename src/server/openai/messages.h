#pragma once
// The messages of /v1/chat/completions.

#include <vector>

#include "server/fields.h"
#include "server/requests/requests.h"
#include "server/requests/warnings.h"

namespace cria::server::openai {

// InvalidArgument with the place of what is wrong: an unknown role, a part that no model here
// takes, a picture that would have to be fetched.
std::vector<Turn> read_messages(const Fields& request, Warnings& warnings);

}  // namespace cria::server::openai
