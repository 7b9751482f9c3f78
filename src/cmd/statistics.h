#pragma once
// What --verbose says after an answer.

#include "runner/engine.h"

namespace cria::cmd {

// Counts, durations and rates to standard error.
void print_statistics(const runner::Result& result, double load_seconds, double answer_seconds);

}  // namespace cria::cmd
