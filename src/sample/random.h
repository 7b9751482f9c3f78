#pragma once
// The random numbers of a sampler: SplitMix64 (Steele, Lea and Flood, "Fast splittable pseudorandom
// number generators", 2014), which is a hash of a counter, so that a seed gives the same numbers on
// every platform and compiler.

#include <cstdint>

namespace cria::sample {

class Random {
 public:
  explicit Random(uint64_t seed) : counter_(seed) {}

  uint64_t bits() {
    counter_ += 0x9E3779B97F4A7C15u;  // 2^64 divided by the golden ratio, odd: visits every state
    uint64_t z = counter_;
    z = (z ^ (z >> 30)) * 0xBF58476D1CE4E5B9u;
    z = (z ^ (z >> 27)) * 0x94D049BB133111EBu;
    return z ^ (z >> 31);
  }

  // Uniform in [0, 1), a multiple of 2^-53.
  double uniform() { return static_cast<double>(bits() >> 11) * 0x1p-53; }

 private:
  uint64_t counter_;
};

}  // namespace cria::sample
