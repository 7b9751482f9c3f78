// Kernels for 64-bit Arm processors.

#include "ml/backend/cpu/kernels/kernels.h"
#include "ml/backend/cpu/kernels/tables.h"
#include "ml/backend/cpu/kernels/tile_neon.h"
#include "ml/backend/cpu/kernels/vec_neon.h"

#include "ml/backend/cpu/kernels/table.inl"

namespace cria::ml::cpu {

constinit const Kernels kNeonKernels = table();

}  // namespace cria::ml::cpu
