#pragma once
// Decides how many tokens of each sequence go into the next pass.

#include <cstdint>
#include <span>
#include <vector>

namespace cria::runner {

class Schedule {
 public:
  // `pending[i]` tokens wait in sequence i; one that gets all of them (a decode step, the end of a
  // prompt) takes an output too. Everyone gets a token while there are any, first come first
  // served, so that no prompt keeps others from decoding and the reverse; the rest is shared evenly
  // between the prompts. Returns the tokens of each, valid until the next call.
  std::span<const int64_t> share(std::span<const int64_t> pending, int64_t tokens, int64_t outputs);

 private:
  std::vector<int64_t> granted_;
  std::vector<size_t> prompts_;  // indices of those that want more than one token
};

}  // namespace cria::runner
