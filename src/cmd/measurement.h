#pragma once
// Speeds of an executor, measured with random tokens.

#include <cstdint>
#include <vector>

#include "model/executor.h"

namespace cria::cmd {

struct Measurement {
  enum class Kind { kPrefill, kDecode };
  Kind kind = Kind::kPrefill;
  int64_t tokens = 0;         // of one sequence
  int64_t depth = 0;          // tokens in the cache before
  int64_t batch = 1;          // sequences
  std::vector<double> rates;  // tokens per second of all sequences together, one per repetition

  double median() const;
};

// The cache and passes that measurements need.
void make_room(model::ExecutorOptions& options, const std::vector<Measurement>& measurements);

// Fills in the rates; one more repetition is run first and not counted.
void measure(model::Executor& executor, int repeat, Measurement& measurement);

}  // namespace cria::cmd
