#include "registry/sha256.h"

#include <gtest/gtest.h>

namespace cria::registry {
namespace {

// The examples published with the standard.
TEST(Sha256, GivesTheExamplesOfTheStandard) {
  EXPECT_EQ(sha256(""), "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855");
  EXPECT_EQ(sha256("abc"), "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
  EXPECT_EQ(sha256("abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq"),
            "248d6a61d20638b8e5c026930c3e6039a33ce45964ff2167f6ecedd419db06c1");
  EXPECT_EQ(sha256(std::string(1000000, 'a')),
            "cdc76e5c9914fb9281a1c7e284d73e67f1809a48a497200e046d39ccc7112cd0");
}

TEST(Sha256, TakesItsBytesInPiecesOfAnySize) {
  Sha256 hash;
  const std::string text(1000000, 'a');
  for (size_t begin = 0, size = 1; begin < text.size(); begin += size, size = size * 3 + 1) {
    hash.update(std::as_bytes(std::span(text)).subspan(begin, std::min(size, text.size() - begin)));
  }
  EXPECT_EQ(hash.finish(), sha256(text));
}

}  // namespace
}  // namespace cria::registry
