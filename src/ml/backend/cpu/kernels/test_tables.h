#pragma once
// The kernel tables that the tests of this folder go through: those that run on this machine and,
// where the tests were built with an emulation of AVX-512, that one.

#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "ml/backend/cpu/kernels/kernels.h"

namespace cria::ml::cpu {

#ifdef CRIA_AVX512_EMULATED
extern const Kernels kAvx512Emulated;
#endif

struct TestTable {
  std::string name;
  const Kernels* kernels;
};

// Plainest first. Tables that were compiled but do not run here are named on standard output, once.
inline const std::vector<TestTable>& test_tables() {
  static const std::vector<TestTable> tables = [] {
    std::vector<TestTable> out;
    for (const Isa& isa : isas()) {
      if (isa.runs_here) out.push_back({std::string(isa.name), isa.kernels});
      std::printf("kernels %s: %s\n", std::string(isa.name).c_str(),
                  isa.runs_here ? "tested" : "only compiled, this machine cannot run them");
    }
#ifdef CRIA_AVX512_EMULATED
    out.push_back({"avx512_emulated", &kAvx512Emulated});
    std::printf("kernels avx512: tested in emulation\n");
#endif
    return out;
  }();
  return tables;
}

inline void PrintTo(const TestTable& table, std::ostream* out) { *out << table.name; }

inline std::string test_table_name(const testing::TestParamInfo<TestTable>& info) {
  return info.param.name;
}

}  // namespace cria::ml::cpu
