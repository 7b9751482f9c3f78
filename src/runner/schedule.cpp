#include "runner/schedule.h"

#include <algorithm>

namespace cria::runner {

std::span<const int64_t> Schedule::share(std::span<const int64_t> pending, int64_t tokens,
                                         int64_t outputs) {
  granted_.assign(pending.size(), 0);
  prompts_.clear();
  for (size_t i = 0; i < pending.size() && tokens > 0; ++i) {
    const bool finishes = pending[i] == 1;
    if (finishes && outputs == 0) continue;
    granted_[i] = 1;
    --tokens;
    if (finishes) {
      --outputs;
    } else {
      prompts_.push_back(i);
    }
  }
  // Shortest first, so that what a short one does not need is shared by all that are longer.
  std::sort(prompts_.begin(), prompts_.end(), [&](size_t a, size_t b) {
    return pending[a] != pending[b] ? pending[a] < pending[b] : a < b;
  });
  auto sharing = static_cast<int64_t>(prompts_.size());
  for (const size_t i : prompts_) {
    const int64_t wanted = pending[i] - 1;
    int64_t more = std::min(wanted, tokens / sharing--);
    if (more == wanted) outputs > 0 ? --outputs : --more;
    granted_[i] += more;
    tokens -= more;
  }
  return granted_;
}

}  // namespace cria::runner
