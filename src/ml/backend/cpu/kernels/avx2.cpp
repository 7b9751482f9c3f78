// Kernels for x86-64 processors with AVX2, FMA and F16C (Intel since 2013, AMD since 2015).

#include "ml/backend/cpu/kernels/kernels.h"
#include "ml/backend/cpu/kernels/tables.h"
#include "ml/backend/cpu/kernels/tile_avx2.h"
#include "ml/backend/cpu/kernels/vec_avx2.h"

#include "ml/backend/cpu/kernels/table.inl"

namespace cria::ml::cpu {

constinit const Kernels kAvx2Kernels = table();

}  // namespace cria::ml::cpu
