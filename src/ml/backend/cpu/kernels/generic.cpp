// Kernels for any processor.

#define CRIA_INLINE inline
#define CRIA_INLINE_LAMBDA

#include "ml/backend/cpu/kernels/kernels.h"
#include "ml/backend/cpu/kernels/tables.h"
#include "ml/backend/cpu/kernels/tile_generic.h"
#include "ml/backend/cpu/kernels/vec_generic.h"

#include "ml/backend/cpu/kernels/table.inl"

namespace cria::ml::cpu {

constinit const Kernels kGenericKernels = table();

}  // namespace cria::ml::cpu
