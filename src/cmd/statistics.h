#pragma once
// What --verbose says after an answer.

#include "cmd/answerer.h"

namespace cria::cmd {

// Counts, durations and rates to standard error.
void print_statistics(const Answered& answered);

}  // namespace cria::cmd
