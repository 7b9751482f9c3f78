#include "base/problems.h"

#include <gtest/gtest.h>

#include "tests/support/expect_error.h"

namespace cria {
namespace {

std::string report(const Problems& problems) {
  try {
    problems.report("file");
  } catch (const Error& error) {
    EXPECT_EQ(error.code(), Error::Code::kCorrupt);
    return error.what();
  }
  return "none";
}

TEST(Problems, AreNoErrorWhenThereAreNone) {
  EXPECT_TRUE(Problems().empty());
  EXPECT_EQ(report(Problems()), "none");
}

TEST(Problems, OneIsReportedOnTheLineOfTheFile) {
  Problems problems;
  problems.add("size ", 3);
  EXPECT_FALSE(problems.empty());
  EXPECT_EQ(report(problems), "file: size 3");
}

TEST(Problems, SeveralAreListedUpToALimit) {
  Problems problems;
  problems.add("a");
  problems.add("b");
  EXPECT_EQ(report(problems), "file: 2 problems:\n  a\n  b");
  for (int i = 0; i < 20; ++i) problems.add("more");
  EXPECT_NE(report(problems).find("file: 22 problems:"), std::string::npos);
  EXPECT_NE(report(problems).find("\n  and 2 more"), std::string::npos);
}

}  // namespace
}  // namespace cria
