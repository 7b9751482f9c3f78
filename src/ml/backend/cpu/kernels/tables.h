#pragma once
// The tables of the instruction sets that can be compiled, defined in the file of that name.

#include "ml/backend/cpu/kernels/kernels.h"

namespace cria::ml::cpu {

extern const Kernels kGenericKernels;
extern const Kernels kAvx2Kernels;      // x86-64 only
extern const Kernels kAvx2VnniKernels;  // x86-64 only
extern const Kernels kAvx512Kernels;    // x86-64 only
extern const Kernels kNeonKernels;      // aarch64 only

}  // namespace cria::ml::cpu
