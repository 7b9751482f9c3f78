#pragma once
// The routes of /v1/messages, as Anthropic's clients ask them.

#include <vector>

#include "server/router.h"
#include "server/service.h"

namespace cria::server::anthropic {

std::vector<Route> routes(Service& service);

}  // namespace cria::server::anthropic
