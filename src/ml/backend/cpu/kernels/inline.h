#pragma once
// Help for the compiler with functions whose speed depends on what it keeps in registers.

#include <cstddef>

// Must be part of its callers, since it takes and returns more registers than calls can.
#define CRIA_INLINE [[gnu::always_inline]] inline

namespace cria::ml::cpu {
namespace {

// The same address, of which the compiler knows nothing: it neither keeps what it loaded from it
// before nor what it computed from it, and so has registers for sums.
CRIA_INLINE const std::byte* afresh(const std::byte*& p) {
  asm("" : "+r"(p));
  return p;
}

}  // namespace
}  // namespace cria::ml::cpu
