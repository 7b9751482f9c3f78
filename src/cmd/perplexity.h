#pragma once
// `cria perplexity`: how well a model predicts a text, and how far it is from another one.

#include <string>

#include "cmd/text_chunks.h"

namespace cria::cmd {

struct PerplexityOptions {
  std::string model;
  ChunkOptions text;
  std::string base;         // file of predictions to compare with; empty: none
  std::string base_model;   // model to compare with; empty: none
  std::string save_logits;  // file of predictions to write; empty: none
  bool json = false;
  serving::ComputeOptions compute;
};

int perplexity(const PerplexityOptions& options);

}  // namespace cria::cmd
