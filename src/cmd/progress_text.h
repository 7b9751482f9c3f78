#pragma once
// How far something is, as people read it.

#include <cstdint>
#include <string>
#include <string_view>

namespace cria::cmd {

struct ProgressState {
  uint64_t done = 0, total = 0;
  double seconds = 0;  // since it began
};

// Of bytes, or of what `unit` calls so many: "43%, 3.4 GB of 8 GB, 412 MB/s, 11s left".
std::string progress_text(const ProgressState& state, std::string_view unit);
// "[########            ]", of so many columns within.
std::string progress_bar(const ProgressState& state, int columns);

}  // namespace cria::cmd
