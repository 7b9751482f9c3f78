#include "base/base64.h"

#include <gtest/gtest.h>

namespace cria {
namespace {

TEST(Base64, GoesThereAndBack) {
  const std::string bytes("\x00\xff\x10 cria", 8);
  EXPECT_EQ(encode_base64(bytes), "AP8QIGNyaWE=");
  for (size_t size = 0; size <= bytes.size(); ++size) {
    const std::string part = bytes.substr(0, size);
    EXPECT_EQ(decode_base64(encode_base64(part)), part) << size;
  }
  EXPECT_EQ(encode_base64("f"), "Zg==");
  EXPECT_EQ(encode_base64(""), "");
}

TEST(Base64, MayBeBrokenIntoLines) { EXPECT_EQ(decode_base64("Zm9v\r\nYg=\n="), "foob"); }

TEST(Base64, IsNothingWhenItIsNone) {
  for (const char* text : {"Zg", "Zg=", "Zg===", "=", "====", "Z", "Zg==Zg==", "Zm9 v", "Zm9-",
                           "Zm9_", "Zm\xc3\xa9"}) {
    EXPECT_EQ(decode_base64(text), std::nullopt) << text;
  }
}

}  // namespace
}  // namespace cria
