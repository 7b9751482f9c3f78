#pragma once
// `cria bench`: tokens per second of a model on this machine.

#include <cstdint>
#include <string>
#include <vector>

#include "cmd/open_model.h"

namespace cria::cmd {

// Every combination is measured. 0 or no tokens to prefill or decode: not measured.
struct BenchOptions {
  std::string model;
  std::vector<int64_t> prefill{512};
  std::vector<int64_t> decode{128};
  std::vector<int64_t> depth{0};  // tokens in the cache before
  std::vector<int64_t> batch{1};  // sequences decoded at once
  std::vector<int> threads;       // empty: as many as this process may use
  int repeat = 5;
  bool json = false;
  serving::ComputeOptions compute;
};

int bench(const BenchOptions& options);

}  // namespace cria::cmd
