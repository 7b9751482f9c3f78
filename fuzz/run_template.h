// What fuzzers of templates share: how a run may end, and what it gives.
#pragma once

#include <vector>

#include "base/error.h"
#include "template/message.h"

namespace cria::fuzz {

// Templates are refused, or run within their limits.
template <class Run>
void attempt(const Run& run) {
  try {
    run();
  } catch (const Error& error) {
    CRIA_CHECK(error.code() == Error::Code::kInvalidArgument ||
               error.code() == Error::Code::kUnsupported);
  }
}

// No empty parts, and no two neighbours of one kind.
inline void check_parts(const std::vector<chat::Part>& parts) {
  for (size_t i = 0; i < parts.size(); ++i) {
    CRIA_CHECK(!parts[i].text.empty());
    CRIA_CHECK(i == 0 || parts[i].special != parts[i - 1].special);
  }
}

}  // namespace cria::fuzz
