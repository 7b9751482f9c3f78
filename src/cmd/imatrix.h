#pragma once
// `cria imatrix`: collects an importance matrix.

#include <string>

#include "cmd/text_chunks.h"

namespace cria::cmd {

struct ImatrixOptions {
  std::string model, output;
  ChunkOptions text;
  serving::ComputeOptions compute;
};

int imatrix(const ImatrixOptions& options);

}  // namespace cria::cmd
