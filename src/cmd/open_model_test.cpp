#include "cmd/open_model.h"

#include <gtest/gtest.h>

#include "tests/support/expect_error.h"

namespace cria::cmd {
namespace {

using ml::DType;
using Types = std::pair<DType, DType>;

TEST(CacheTypes, AreOneForBothOrKeysThenValues) {
  EXPECT_EQ(serving::cache_types("bf16"), Types(DType::kBF16, DType::kBF16));
  EXPECT_EQ(serving::cache_types("q8_0,f16"), Types(DType::kQ8_0, DType::kF16));
}

TEST(CacheTypes, AreRefusedWithTheChoicesWhereTheyAreUnknown) {
  for (const char* text : {"i32", "q4_0", "", "f16,", ",f16", "f16,f16,f16", "F16"}) {
    test::expect_error([&] { serving::cache_types(text); }, Error::Code::kInvalidArgument,
                       {"expected f32, f16, bf16 or q8_0"});
  }
}

}  // namespace
}  // namespace cria::cmd
