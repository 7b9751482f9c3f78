#include <gtest/gtest.h>

#include <cstdlib>
#include <string>

#include "ml/backend/cpu/kernels/kernels.h"
#include "ml/backend/cpu/kernels/pack.h"
#include "tests/support/expect_error.h"

namespace cria::ml::cpu {
namespace {

TEST(Isa, IsFoundByNameIfItRunsHere) {
  EXPECT_EQ(find_isa("generic").name, "generic");
  for (const Isa& isa : isas()) {
    if (isa.runs_here) {
      EXPECT_EQ(find_isa(isa.name).kernels, isa.kernels);
    } else {
      test::expect_error([&] { find_isa(isa.name); }, Error::Code::kInvalidArgument,
                         {isa.name, "generic"});
    }
  }
}

TEST(Isa, OfAnUnknownNameIsRefusedWithTheChoices) {
  test::expect_error([] { find_isa("mmx"); }, Error::Code::kInvalidArgument, {"mmx", "generic"});
}

#if !defined(__aarch64__)
TEST(Isa, OfAnotherArchitectureIsRefusedLikeAnUnknownOne) {
  test::expect_error([] { find_isa("neon"); }, Error::Code::kInvalidArgument,
                     {"\"neon\"", "does not run here", "generic"});
}
#endif

TEST(Isa, IsChosenByTheEnvironmentOrElseTheBest) {
  const char* outside = std::getenv("CRIA_CPU_ISA");
  const std::string before = outside != nullptr ? outside : "";
  setenv("CRIA_CPU_ISA", "generic", 1);
  EXPECT_EQ(chosen_isa().name, "generic");
  setenv("CRIA_CPU_ISA", "mmx", 1);
  test::expect_error([] { chosen_isa(); }, Error::Code::kInvalidArgument, {"mmx", "generic"});
  unsetenv("CRIA_CPU_ISA");
  std::string_view last;
  for (const Isa& isa : isas()) last = isa.runs_here ? isa.name : last;
  EXPECT_EQ(chosen_isa().name, last);
  setenv("CRIA_CPU_ISA", before.c_str(), 1);  // an empty name is none
}

TEST(Isa, HasAllFunctionsOfItsTable) {
  for (const Isa& isa : isas()) {
    const Kernels& k = *isa.kernels;
    EXPECT_TRUE(k.rms_norm && k.layer_norm && k.add && k.sub && k.mul && k.div && k.exp && k.tanh &&
                k.sigmoid && k.sqrt && k.rsqrt && k.clamp && k.affine && k.swiglu_limited &&
                k.softmax && k.weighted_sum && k.rotate && k.attention && k.attend_segment &&
                k.join_segments && k.attention_part_floats && k.attention_scratch_floats &&
                k.encode_row && k.to_f16 && k.from_f16)
        << isa.name;
    for (const DTypeInfo& type : dtypes())
      EXPECT_EQ(k.matmul[static_cast<size_t>(type.type)] != nullptr,
                can_pack(type.type, type.block_elements))
          << isa.name << " " << type.name;
  }
}

}  // namespace
}  // namespace cria::ml::cpu
