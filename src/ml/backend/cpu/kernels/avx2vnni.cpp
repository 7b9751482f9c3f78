// Kernels for x86-64 processors with AVX2 and AVX-VNNI but without AVX-512 (Intel since 2021):
// those of AVX2 with one instruction for a pair of products and their addition.

#include "ml/backend/cpu/kernels/kernels.h"
#include "ml/backend/cpu/kernels/tables.h"
#include "ml/backend/cpu/kernels/tile_avx2.h"
#include "ml/backend/cpu/kernels/vec_avx2.h"

#include "ml/backend/cpu/kernels/table.inl"

namespace cria::ml::cpu {

constinit const Kernels kAvx2VnniKernels = table();

}  // namespace cria::ml::cpu
