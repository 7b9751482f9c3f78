#include "server/keys.h"

#include <gtest/gtest.h>

#include <filesystem>

#include "tests/support/expect_error.h"
#include "tests/support/temporary_folder.h"

namespace cria::server {
namespace {

using Answer = Keys::Answer;

struct KeyFile {
  explicit KeyFile(std::string_view text) {
    folder.write("keys", std::string(text));
    std::filesystem::permissions(path(), std::filesystem::perms::owner_read);
  }
  std::string path() const { return folder.file("keys"); }
  test::TemporaryFolder folder;
};

TEST(Keys, AreGoodForTheirScopes) {
  const KeyFile file(
      "# people\n0123456789abcdef inference read  # Ada\n\nfedcba9876543210 manage\n");
  const Keys keys = Keys::read(file.path());
  EXPECT_EQ(keys.check("0123456789abcdef", Scope::kInference), Answer::kYes);
  EXPECT_EQ(keys.check("0123456789abcdef", Scope::kRead), Answer::kYes);
  EXPECT_EQ(keys.check("0123456789abcdef", Scope::kManage), Answer::kOtherScope);
  EXPECT_EQ(keys.check("fedcba9876543210", Scope::kManage), Answer::kYes);
  for (const char* wrong : {"", "0123456789abcde", "0123456789abcdefg", "0123456789abcdeF", "#"}) {
    EXPECT_EQ(keys.check(wrong, Scope::kRead), Answer::kUnknownKey) << wrong;
  }
  EXPECT_EQ(keys.check("", Scope::kNone), Answer::kYes);
}

TEST(Keys, AreNotNeededWhereThereAreNone) {
  EXPECT_EQ(Keys().check("", Scope::kManage), Answer::kYes);
}

TEST(Keys, AreRefusedWithTheirPlace) {
  const auto refused = [](std::string_view text, std::initializer_list<std::string_view> parts) {
    const KeyFile file(text);
    test::expect_error([&] { Keys::read(file.path()); }, Error::Code::kInvalidArgument, parts);
  };
  refused("0123456789abcdef", {"keys:1", "good for nothing"});
  refused("\nshort read", {"keys:2", "5 characters"});
  refused("0123456789abcdef write", {"keys:1", "\"write\"", "manage"});
  refused("# none", {"has no key"});
  const KeyFile file("0123456789abcdef read");
  std::filesystem::permissions(file.path(), std::filesystem::perms::others_read,
                               std::filesystem::perm_options::add);
  test::expect_error([&] { Keys::read(file.path()); }, Error::Code::kInvalidArgument,
                     {"chmod 600"});
  test::expect_error([] { Keys::read("/nowhere/keys"); }, Error::Code::kNotFound, {"/nowhere"});
}

}  // namespace
}  // namespace cria::server
