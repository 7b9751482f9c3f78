#pragma once
// The most that options and parameters may ask for.

#include <cstdint>

namespace cria::cmd {

inline constexpr int64_t kMostTokens = int64_t{1} << 24;
inline constexpr int kMostThreads = 1024;

}  // namespace cria::cmd
