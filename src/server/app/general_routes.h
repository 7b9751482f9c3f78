#pragma once
// Whether the server is there, what it does, and its page.

#include <vector>

#include "server/inference/models.h"
#include "server/metrics.h"
#include "server/router.h"

namespace cria::server {

std::vector<Route> general_routes(const Models& models, const Metrics& metrics);

}  // namespace cria::server
