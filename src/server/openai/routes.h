#pragma once
// The routes of /v1, as OpenAI's clients ask them, and /v1/rerank.

#include <vector>

#include "server/router.h"
#include "server/service.h"

namespace cria::server::openai {

std::vector<Route> routes(Service& service);

}  // namespace cria::server::openai
