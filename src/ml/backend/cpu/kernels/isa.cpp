// Finds out which instruction sets the machine has and chooses one.

#if defined(__aarch64__)
#include <sys/auxv.h>
#endif

#include <array>
#include <cstdlib>
#include <string>

#include "base/error.h"
#include "ml/backend/cpu/kernels/kernels.h"
#include "ml/backend/cpu/kernels/tables.h"

#if defined(__x86_64__)
#include <cpuid.h>
#endif

namespace cria::ml::cpu {
namespace {

#if defined(__x86_64__)
// These also ask whether the operating system saves the registers. Every processor with AVX2 has
// F16C, whose name not all compilers know here.
bool has_avx2() { return __builtin_cpu_supports("avx2") && __builtin_cpu_supports("fma"); }

// The bit's name is not known to all compilers.
bool has_avx2_vnni() {
  unsigned a = 0, b = 0, c = 0, d = 0;
  return has_avx2() && __get_cpuid_count(7, 1, &a, &b, &c, &d) != 0 && (a >> 4 & 1) != 0;
}

bool has_avx512() {
  return has_avx2() && __builtin_cpu_supports("avx512f") && __builtin_cpu_supports("avx512bw") &&
         __builtin_cpu_supports("avx512vl") && __builtin_cpu_supports("avx512dq") &&
         __builtin_cpu_supports("avx512vnni");
}
#elif defined(__aarch64__)
bool has_neon() { return (getauxval(AT_HWCAP) & HWCAP_ASIMD) != 0; }
#endif

}  // namespace

std::span<const Isa> isas() {
#if defined(__x86_64__)
  static const std::array<Isa, 4> found = {Isa{"generic", &kGenericKernels, true},
                                           Isa{"avx2", &kAvx2Kernels, has_avx2()},
                                           Isa{"avx2vnni", &kAvx2VnniKernels, has_avx2_vnni()},
                                           Isa{"avx512", &kAvx512Kernels, has_avx512()}};
#elif defined(__aarch64__)
  static const std::array<Isa, 2> found = {Isa{"generic", &kGenericKernels, true},
                                           Isa{"neon", &kNeonKernels, has_neon()}};
#else
  static const std::array<Isa, 1> found = {Isa{"generic", &kGenericKernels, true}};
#endif
  return found;
}

const Isa& find_isa(std::string_view name) {
  std::string names;
  for (const Isa& isa : isas()) {
    if (!isa.runs_here) continue;
    if (name == isa.name) return isa;
    names += concat(names.empty() ? "" : ", ", isa.name);
  }
  fail(Error::Code::kInvalidArgument, "instruction set \"", name,
       "\" is unknown or does not run here, expected one of ", names);
}

const Isa& chosen_isa() {
  const char* name = std::getenv("CRIA_CPU_ISA");  // NOLINT(concurrency-mt-unsafe): nobody sets it
  if (name != nullptr && *name != '\0') return find_isa(name);
  const Isa* best = nullptr;
  for (const Isa& isa : isas()) {
    if (isa.runs_here) best = &isa;
  }
  return *best;
}

}  // namespace cria::ml::cpu
