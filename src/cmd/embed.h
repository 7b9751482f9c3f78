#pragma once
// `cria embed`: texts to vectors.

#include <cstdint>
#include <string>
#include <vector>

#include "cmd/embedding_model.h"

namespace cria::cmd {

struct EmbedOptions {
  std::string model;
  std::vector<std::string> texts;  // none or "-": lines of standard input
  std::string file;                // or of a file
  std::string pooling;             // "mean", "cls" or "last"; empty: the model's
  int64_t context = 0;             // the most tokens of a text; 0: the model's
  bool raw = false;                // vectors are not brought to length 1
  bool whole = false;              // a text that is too long is an error
  bool json = false;
  serving::ComputeOptions compute = embedding_compute();
};

int embed(const EmbedOptions& options);

}  // namespace cria::cmd
