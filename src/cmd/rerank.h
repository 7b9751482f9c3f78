#pragma once
// `cria rerank`: how well documents answer a query.

#include <cstdint>
#include <string>
#include <vector>

#include "cmd/embedding_model.h"

namespace cria::cmd {

struct RerankOptions {
  std::string model;
  std::string query;
  std::vector<std::string> documents;  // none or "-": lines of standard input
  std::string file;                    // or of a file
  int64_t context = 0;                 // the most tokens of a query with a document; 0: the model's
  int64_t top = 0;                     // how many are printed; 0: all
  bool whole = false;                  // a document that is too long is an error
  bool json = false;
  serving::ComputeOptions compute = embedding_compute();
};

int rerank(const RerankOptions& options);

}  // namespace cria::cmd
