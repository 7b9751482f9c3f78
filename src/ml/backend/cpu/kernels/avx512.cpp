// Kernels for x86-64 processors with AVX-512 F, BW, VL, DQ, VNNI and BF16 (server processors since
// 2020, AMD since 2022).

#include "ml/backend/cpu/kernels/kernels.h"
#include "ml/backend/cpu/kernels/tables.h"
#include "ml/backend/cpu/kernels/tile_avx512.h"
#include "ml/backend/cpu/kernels/vec_avx512.h"

#include "ml/backend/cpu/kernels/table.inl"

namespace cria::ml::cpu {

constinit const Kernels kAvx512Kernels = table();

}  // namespace cria::ml::cpu
