#pragma once
// What a stored model's parameters and the settings say about computing in this process.

#include <string>

#include "cmd/find_model.h"
#include "serving/compute.h"

namespace cria::cmd {

// What an option does not say, the model does, and else the settings.
serving::ComputeOptions compute_in_force(serving::ComputeOptions asked, const FoundModel& found);
// Tokens; 0: by the model. InvalidArgument: num_ctx is no number of tokens.
int64_t context_in_force(const modelfile::Parameters& asked, const FoundModel& found);

// Names of those that neither concern how answers are made nor the two above.
std::string parameters_without_effect(const modelfile::Parameters& parameters);

}  // namespace cria::cmd
