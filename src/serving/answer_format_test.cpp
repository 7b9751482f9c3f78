#include "serving/answer_format.h"

#include <gtest/gtest.h>

#include <memory>
#include <string>

#include "base/error.h"
#include "grammar/grammar.h"
#include "tests/support/expect_error.h"

namespace cria::serving {
namespace {

std::string with_length(int length) {
  return concat(R"({"type":"string","maxLength":)", length, "}");
}

TEST(AnswerFormat, RemembersWhatItCompiledLately) {
  EXPECT_EQ(answer_format("regex:a+"), answer_format("regex:a+"));
  EXPECT_NE(answer_format("regex:a+"), answer_format("gbnf:root ::= \"a\""));
}

TEST(AnswerFormat, ForgetsWhatWasUsedLongAgo) {
  const std::weak_ptr<const grammar::Grammar> first = answer_format(with_length(1));
  const std::weak_ptr<const grammar::Grammar> used = answer_format(with_length(2));
  for (int i = 3; i < 100; ++i) {
    answer_format(with_length(i));
    answer_format(with_length(2));
  }
  EXPECT_TRUE(first.expired());
  EXPECT_FALSE(used.expired());
}

// Whatever is sent, and however often: large grammars are remembered for a shorter time.
TEST(AnswerFormat, RemembersNoMoreThanSomeMegabytes) {
  const std::weak_ptr<const grammar::Grammar> first = answer_format(with_length(1));
  size_t memory = 0;
  for (int i = 0; i < 30 && !first.expired(); ++i) {
    const auto large =
        answer_format(concat("gbnf:root ::= \"", i, "\" ", std::string(20'000, '.')));
    memory += large->memory();
  }
  EXPECT_TRUE(first.expired());
  EXPECT_LT(memory, size_t{64} << 20);
}

TEST(AnswerFormat, RefusesWhatItDoesNotKnow) {
  for (const char* format : {"yaml", "", "Json", "[]"}) {
    test::expect_error([&] { answer_format(format); }, Error::Code::kInvalidArgument,
                       {"expected json, a JSON Schema"});
  }
}

}  // namespace
}  // namespace cria::serving
