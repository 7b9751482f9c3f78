#include "tokenizer/breakers.h"

#include <gtest/gtest.h>

#include "base/error.h"
#include "tokenizer/test_vocabularies.h"

namespace cria::tokenizer {
namespace {

using Sequences = std::vector<std::vector<Id>>;

TEST(TokensThatShow, AreThoseThatHoldTheText) {
  const auto tokenizer = make_tokenizer(test::byte_level_vocabulary({"a :"}));
  EXPECT_EQ(tokens_that_show(*tokenizer, ":"), (Sequences{{':'}, {256}}));
  EXPECT_EQ(tokens_that_show(*tokenizer, "b:"), (Sequences{{'b', ':'}}));
  EXPECT_THROW(tokens_that_show(*tokenizer, ""), Error);
}

}  // namespace
}  // namespace cria::tokenizer
