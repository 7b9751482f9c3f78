#pragma once
// What answers requests, whatever dialect they came in.

#include <cstdint>

#include "registry/store.h"
#include "server/answers/answer_writer.h"
#include "server/requests/requests.h"
#include "server/router.h"

namespace cria::server {

// All throw what is wrong with a request; what comes up once an answer has begun is written into
// it.
class Service {
 public:
  virtual ~Service() = default;

  // Answers the call as the writer tells it: when `stream`, in pieces as they come.
  virtual void generate(Call& call, GenerationRequest request, AnswerWriter& writer,
                        bool stream) = 0;
  virtual Embeddings embed(Call& call, const EmbeddingRequest& request) = 0;
  virtual Ranking rank(Call& call, const RankRequest& request) = 0;
  // Tokens of the prompt that a request would make.
  virtual int64_t count_tokens(Call& call, const GenerationRequest& request) = 0;
  virtual const registry::Store& store() const = 0;
};

}  // namespace cria::server
