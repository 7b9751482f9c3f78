// The same kernels as in avx512.cpp, by way of an emulation.

#ifdef CRIA_AVX512_EMULATED

#include "ml/backend/cpu/kernels/avx512_emulation.h"
#include "ml/backend/cpu/kernels/kernels.h"
#include "ml/backend/cpu/kernels/test_tables.h"
#include "ml/backend/cpu/kernels/tile_avx512.h"
#include "ml/backend/cpu/kernels/vec_avx512.h"

#include "ml/backend/cpu/kernels/table.inl"

namespace cria::ml::cpu {

constinit const Kernels kAvx512Emulated = table();

}  // namespace cria::ml::cpu

#endif
