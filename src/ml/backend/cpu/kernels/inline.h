#pragma once
// Help for the compiler with functions whose speed depends on what it keeps in registers.

// Must be part of its callers, since it takes and returns more registers than calls can.
// generic.cpp, where nothing is a register, defines it otherwise and so compiles much faster.
#ifndef CRIA_INLINE
#define CRIA_INLINE [[gnu::always_inline]] inline
#define CRIA_INLINE_LAMBDA __attribute__((always_inline))
#endif
