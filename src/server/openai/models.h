#pragma once
// /v1/models: which models there are.

#include "server/router.h"
#include "server/service.h"

namespace cria::server::openai {

void answer_models(Service& service, Call& call);
void answer_model(Service& service, Call& call);

}  // namespace cria::server::openai
