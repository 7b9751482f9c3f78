#pragma once
// /v1/embeddings and /v1/rerank.

#include "server/router.h"
#include "server/service.h"

namespace cria::server::openai {

void answer_embeddings(Service& service, Call& call);
// As Jina's and Cohere's services have it: the best first.
void answer_rerank(Service& service, Call& call);

}  // namespace cria::server::openai
