#include "base/about_file.h"

#include <gtest/gtest.h>

#include "tests/support/expect_error.h"

namespace cria {
namespace {

using Code = Error::Code;

TEST(AboutFile, NamesTheFileOnce) {
  for (const char* what : {"no weights", "a.gguf: no weights"}) {
    try {
      about_file("a.gguf", [&] { fail(Code::kCorrupt, what); });
      ADD_FAILURE();
    } catch (const Error& error) {
      EXPECT_EQ(error.code(), Code::kCorrupt);
      EXPECT_STREQ(error.what(), "a.gguf: no weights");
    }
  }
}

TEST(AboutFile, ReturnsWhatTheFunctionDoes) {
  EXPECT_EQ(about_file("a.gguf", [] { return 7; }), 7);
}

}  // namespace
}  // namespace cria
