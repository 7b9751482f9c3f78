#include <gtest/gtest.h>

#include "ml/formats_test_rows.h"

namespace cria::ml {
namespace {

// A block is checked element by element: those of `marked` have the values given, and the others
// `rest`, in the parts of `part` elements whose scale is not zero.
struct Marked {
  int at;
  float value;
};
void expect_values(const Floats& x, float rest, const std::vector<Marked>& marked) {
  ASSERT_EQ(x.size(), 256u);
  Floats expected(256, rest);
  for (const Marked& m : marked) expected[static_cast<size_t>(m.at)] = m.value;
  for (size_t i = 0; i < 256; ++i) EXPECT_EQ(x[i], expected[i]) << i;
}

Bytes with(Bytes block, const std::vector<std::pair<size_t, uint8_t>>& changes) {
  for (const auto& [at, value] : changes) block[at] = value;
  return block;
}

TEST(KFormats, ReadTheQuantsOfQ2_K) {
  // 16 scales of 1 and minimums of 2; 64 bytes of quants; scale 2, minimum scale 0.5.
  const Bytes block = Bytes(16, 0x21) + Bytes(64, 0) + kTwo + kHalf;
  // Byte 5 has elements 5, 37, 69 and 101; byte 63 has 159, 191, 223 and 255.
  const Floats x = read(DType::kQ2_K, with(block, {{16 + 5, 0xe4}, {16 + 63, 0x1b}}));
  expect_values(x, -1,
                {{5, -1},
                 {37, 1},
                 {69, 3},
                 {101, 5},  // 2 * 1 * 3 - 0.5 * 2
                 {159, 5},
                 {191, 3},
                 {223, 1},
                 {255, -1}});
}

TEST(KFormats, ReadTheScalesOfQ2_K) {
  // All quants are 1; part i has the scale i and the minimum 15 - i.
  const Floats x = read(DType::kQ2_K, series(16, 0xf0, -15) + Bytes(64, 0x55) + kTwo + kHalf);
  for (int i = 0; i < 256; ++i) {
    const int part = i / 16;
    EXPECT_EQ(x[i], 2.0f * static_cast<float>(part) - 0.5f * static_cast<float>(15 - part)) << i;
  }
}

// Scales of six bits of Q3_K that stand for 1: 33 = 0b100001.
const Bytes kOnes3 = Bytes(8, 0x11) + Bytes(4, 0xaa);

TEST(KFormats, ReadTheQuantsOfQ3_K) {
  const Bytes block = Bytes(32, 0) + Bytes(64, 0) + kOnes3 + kHalf;
  // High bits: byte 5 has bit 0 for element 5, bit 7 for element 5 + 7 * 32.
  const Floats x =
      read(DType::kQ3_K, with(block, {{5, 0x81}, {32 + 5, 0xe4}, {32 + 32 + 5, 0xc0}}));
  expect_values(x, -2,
                {{5, 0},         // 0.5 * (4 + 0 - 4)
                 {37, -1.5f},    // 0.5 * (1 - 4)
                 {69, -1},       // 0.5 * (2 - 4)
                 {101, -0.5f},   // 0.5 * (3 - 4)
                 {229, 1.5f}});  // 0.5 * (4 + 3 - 4)
}

TEST(KFormats, ReadTheScalesOfQ3_K) {
  // Low four bits: part i has i, since byte i has parts i and i + 8. High bits: byte i % 4 has
  // parts i, i + 4, i + 8 and i + 12 from the lowest bits on: 0, 1, 2, 3.
  const Bytes scales = series(8, 0x80, 0x11) + Bytes(4, 0xe4);
  // Quants are 1 = 4 + 1 - 4.
  const Floats x = read(DType::kQ3_K, Bytes(32, 0xff) + Bytes(64, 0x55) + scales + kHalf);
  for (int i = 0; i < 256; ++i) {
    const int part = i / 16;
    EXPECT_EQ(x[i], 0.5f * static_cast<float>(part + 16 * (part / 4) - 32)) << i;
  }
}

// Twelve bytes of scales of 1 and minimums of 2.
const Bytes kOneAndTwo = Bytes(4, 1) + Bytes(4, 2) + Bytes(4, 0x21);

TEST(KFormats, ReadTheQuantsOfQ4_K) {
  const Bytes block = kTwo + kHalf + kOneAndTwo + Bytes(128, 0);
  // Byte 33 has elements 65 and 97, byte 127 has 223 and 255.
  const Floats x = read(DType::kQ4_K, with(block, {{16 + 33, 0xf1}, {16 + 127, 0x2e}}));
  expect_values(x, -1, {{65, 1}, {97, 29}, {223, 27}, {255, 3}});
}

// Scales 1, 18, 35, 52 with minimums 60, 45, 30, 15 in the first bytes, whose highest two bits are
// those of parts 4 to 7, and of these the low four in halves of the last bytes.
const Bytes kSixBits = {0x00 | 1,  0x40 | 18, 0x80 | 35, 0xc0 | 52, 0xc0 | 60, 0x80 | 45,
                        0x40 | 30, 0x00 | 15, 0xf1,      0x3e,      0xc7,      0x5b};
const int kSixBitScales[] = {1, 18, 35, 52, 1, 16 + 14, 32 + 7, 48 + 11};
const int kSixBitMinimums[] = {60, 45, 30, 15, 48 + 15, 32 + 3, 16 + 12, 5};

TEST(KFormats, ReadTheScalesOfQ4_KAndQ5_K) {
  // All quants are 1.
  const Floats four = read(DType::kQ4_K, kTwo + kHalf + kSixBits + Bytes(128, 0x11));
  const Floats five = read(DType::kQ5_K, kTwo + kHalf + kSixBits + Bytes(32, 0) + Bytes(128, 0x11));
  for (int i = 0; i < 256; ++i) {
    const auto scale = static_cast<float>(kSixBitScales[i / 32]);
    const auto minimum = static_cast<float>(kSixBitMinimums[i / 32]);
    EXPECT_EQ(four[i], 2 * scale - 0.5f * minimum) << i;
    EXPECT_EQ(five[i], 2 * scale - 0.5f * minimum) << i;
  }
}

TEST(KFormats, ReadTheQuantsOfQ5_K) {
  const Bytes block = kTwo + kHalf + kOneAndTwo + Bytes(32, 0) + Bytes(128, 0);
  // Byte 3 of the high bits has elements 3, 35, ..., 227; byte 3 of the low ones 3 and 35.
  const Floats x =
      read(DType::kQ5_K, with(block, {{16 + 3, 0x85}, {48 + 3, 0xf1}, {48 + 96 + 3, 0x20}}));
  expect_values(x, -1,
                {{3, 2 * (16 + 1) - 1}, {35, 2 * 15 - 1}, {67, 2 * 16 - 1}, {227, 2 * 18 - 1}});
}

TEST(KFormats, ReadTheQuantsOfQ6_K) {
  const Bytes block = Bytes(128, 0) + Bytes(64, 0) + Bytes(16, 1) + kHalf;
  // Byte 5 of the low bits has elements 5 and 69, byte 37 has 37 and 101, byte 127 has 191 and 255;
  // byte 5 of the high bits has 5, 37, 69 and 101, byte 63 has 159, 191, 223 and 255.
  const Floats x =
      read(DType::kQ6_K,
           with(block, {{5, 0xf1}, {37, 0x2e}, {127, 0x43}, {128 + 5, 0xe4}, {128 + 63, 0x1b}}));
  expect_values(x, -16,
                {{5, 0.5f * (1 - 32)},
                 {37, 0.5f * (14 + 16 - 32)},
                 {69, 0.5f * (15 + 32 - 32)},
                 {101, 0.5f * (2 + 48 - 32)},
                 {159, 0.5f * (48 - 32)},
                 {191, 0.5f * (3 + 32 - 32)},
                 {223, 0.5f * (16 - 32)},
                 {255, 0.5f * (4 - 32)}});
}

TEST(KFormats, ReadTheSignedScalesOfQ6_K) {
  // Quants are 1 = 33 - 32; scales -128, -111, ..., 127.
  const Floats x =
      read(DType::kQ6_K, Bytes(128, 0x11) + Bytes(64, 0xaa) + series(16, -128, 17) + kHalf);
  for (int i = 0; i < 256; ++i)
    EXPECT_EQ(x[i], 0.5f * static_cast<float>(-128 + 17 * (i / 16))) << i;
}

// Blocks in which every part has both ends of its range, and the largest scales are the largest
// that can be, so that there is one way to write them.
TEST(KFormats, WriteTheBlocksThatTheyRead) {
  const auto survives = [](DType type, const Bytes& block) {
    EXPECT_EQ(write(type, read(type, block)), block) << info(type).name;
  };
  const Bytes run = Bytes{0x00, 0xff} + series(14, 0x10, 0x0d), two = run + run;
  const Bytes four = two + two, eight = four + four;
  const Bytes scales3 = series(8, 0x80, 0x11) + Bytes(4, 0xe4);
  const Bytes scales6 = with(kSixBits, {{3, 0xff}, {4, 0xff}});
  survives(DType::kQ2_K, series(15, 0x1f, 0x0f) + Bytes{0x77} + four + kTwo + kHalf);
  survives(DType::kQ3_K, two + four + scales3 + kHalf);
  survives(DType::kQ4_K, kTwo + kHalf + scales6 + eight);
  survives(DType::kQ5_K, kTwo + kHalf + scales6 + two + eight);
  survives(DType::kQ6_K, eight + four + series(16, -128, 17) + kHalf);
}

}  // namespace
}  // namespace cria::ml
