#pragma once
// Answers requests by what models write.

#include "server/inference/models.h"
#include "server/metrics.h"
#include "server/service.h"

namespace cria::server {

class Inference final : public Service {
 public:
  Inference(const Models& models, Metrics& metrics) : models_(models), metrics_(metrics) {}

  void generate(Call& call, GenerationRequest request, AnswerWriter& writer, bool stream) override;
  Embeddings embed(Call& call, const EmbeddingRequest& request) override;
  Ranking rank(Call& call, const RankRequest& request) override;
  int64_t count_tokens(Call& call, const GenerationRequest& request) override;
  const registry::Store& store() const override { return models_.store(); }

 private:
  const Models& models_;
  Metrics& metrics_;
};

}  // namespace cria::server
