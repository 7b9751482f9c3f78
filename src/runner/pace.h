#pragma once
// Keeps long prompts from holding up those that decode: a pass that both share takes about as long
// as people wait for the next word.

#include <algorithm>
#include <cstdint>

namespace cria::runner {

class Pace {
 public:
  static constexpr double kSharedSeconds = 0.2;
  static constexpr int64_t kFewest = 32;  // tokens that prompts get in any case

  // How many tokens a pass may take in which `decoding` sequences want one each; `most` when nobody
  // waits for one.
  int64_t tokens(int64_t decoding, int64_t most) const {
    if (decoding == 0 || per_second_ == 0) return most;
    const auto affordable =
        static_cast<int64_t>(std::min(per_second_ * kSharedSeconds, static_cast<double>(most)));
    return std::min(std::max(affordable, decoding + kFewest), most);
  }

  // A pass has run. Short ones tell nothing: the weights are read for each.
  void ran(int64_t tokens, double seconds) {
    if (tokens < kFewest || seconds <= 0) return;
    const double rate = static_cast<double>(tokens) / seconds;
    per_second_ = per_second_ == 0 ? rate : per_second_ + (rate - per_second_) / 4;
  }

 private:
  double per_second_ = 0;  // tokens of prompts; 0: not known yet
};

}  // namespace cria::runner
