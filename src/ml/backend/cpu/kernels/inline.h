#pragma once
// For functions that must be part of their callers, since they take and return more registers than
// calls can.

#define CRIA_INLINE [[gnu::always_inline]] inline
