#pragma once
// `cria run` with a model that makes vectors of texts.

#include "cmd/json.h"
#include "cmd/run.h"

namespace cria::cmd {

bool makes_vectors(const std::string& model);

// In this process. InvalidArgument: more dimensions than there are, or a text that is too long and
// may not be cut.
Json local_vector(const RunOptions& options, const std::string& text);

}  // namespace cria::cmd
