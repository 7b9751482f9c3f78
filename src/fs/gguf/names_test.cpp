#include "fs/gguf/names.h"

#include <gtest/gtest.h>

#include "ml/dtype.h"

namespace cria::gguf {
namespace {

TEST(TensorTypeName, AgreesWithTheTypesThatCanBeComputedWith) {
  for (const ml::DTypeInfo& type : ml::dtypes()) {
    if (type.gguf_id < 0) continue;
    EXPECT_EQ(tensor_type_name(static_cast<uint32_t>(type.gguf_id)), type.name);
  }
}

TEST(TensorTypeName, NumbersUnknownTypes) {
  EXPECT_EQ(tensor_type_name(12), "q4_k");
  EXPECT_EQ(tensor_type_name(5), "type 5");
  EXPECT_EQ(tensor_type_name(4000), "type 4000");
}

TEST(FileTypeName, IsEmptyWhenUnknown) {
  EXPECT_EQ(file_type_name(3), "Q4_1");
  EXPECT_EQ(file_type_name(4), "MXFP4");
  EXPECT_EQ(file_type_name(15), "Q4_K_M");
  EXPECT_EQ(file_type_name(-1), "");
  EXPECT_EQ(file_type_name(1024), "");
}

}  // namespace
}  // namespace cria::gguf
