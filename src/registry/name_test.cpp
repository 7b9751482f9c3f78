#include "registry/name.h"

#include <gtest/gtest.h>

#include "base/error.h"

namespace cria::registry {
namespace {

std::string parts(std::string_view text) {
  try {
    const Name name = Name::parse(text);
    return name.host + " " + name.space + " " + name.model + " " + name.tag;
  } catch (const Error& error) {
    EXPECT_EQ(error.code(), Error::Code::kInvalidArgument);
    return std::string("refused: ") + error.what();
  }
}

TEST(Name, FillsInTheDefaults) {
  EXPECT_EQ(parts("smollm2"), "registry.ollama.ai library smollm2 latest");
  EXPECT_EQ(parts("smollm2:135m"), "registry.ollama.ai library smollm2 135m");
  EXPECT_EQ(parts("me/My.Model:v1.0"), "registry.ollama.ai me My.Model v1.0");
  EXPECT_EQ(parts("localhost:5000/me/x:y"), "localhost:5000 me x y");
  EXPECT_EQ(parts("hf.co/org/repo-GGUF:Q4_K_M"), "hf.co org repo-GGUF Q4_K_M");
  EXPECT_EQ(parts("_a-b"), "registry.ollama.ai library _a-b latest");
}

TEST(Name, IsShortestWithoutTheDefaults) {
  for (const char* text : {"smollm2:135m", "me/x:latest", "hf.co/org/x:y", "hf.co/library/x:y"}) {
    EXPECT_EQ(Name::parse(text).shortest(), text);
  }
  EXPECT_EQ(Name::parse("registry.ollama.ai/library/x").shortest(), "x:latest");
  EXPECT_EQ(Name::parse("registry.ollama.ai/me/x").shortest(), "me/x:latest");
}

TEST(Name, SaysWhichPartIsWrongAndWhatIsAllowed) {
  EXPECT_EQ(parts("a b"),
            "refused: model name: the model is \"a b\", expected 1 to 80 of letters, digits, '_', "
            "'-', '.', the first a letter, a digit or '_'");
  EXPECT_EQ(parts("a/b/c/d"),
            "refused: model name: \"a/b/c/d\" has 4 parts between '/', expected "
            "[host[:port]/][namespace/]model[:tag]");
}

TEST(Name, RefusesWhatCouldLeaveTheStore) {
  using std::string;
  using namespace std::string_literals;
  const string bad[] = {"",
                        ".",
                        "..",
                        "../x",
                        "x/..",
                        "a/../b",
                        "/x",
                        "//x",
                        "x/",
                        "/",
                        ":",
                        "x:",
                        ":x",
                        "x:..",
                        "x:../y",
                        "x:/etc/passwd",
                        "h:80:80/n/m",
                        "h:port/n/m",
                        "h:123456/n/m",
                        "/etc/passwd",
                        "a//b",
                        "a\0b"s,
                        "x\0"s,
                        "x:y\0"s,
                        "a\\b",
                        "..\\x",
                        "C:\\x",
                        "%2e%2e/x",
                        "x%2fy",
                        ".hidden",
                        "-x",
                        "me.too/x",
                        "a:b/c",
                        "x:y:z",
                        "x@sha256-00",
                        "http://x",
                        "https://h/n/m",
                        "na\xC3\xAFve",
                        "x\n",
                        " x",
                        "~/x",
                        "$HOME",
                        string(81, 'a'),
                        string(81, 'a') + "/x",
                        "x:" + string(81, 'a'),
                        string(351, 'a') + "/n/x"};
  for (const string& text : bad) EXPECT_EQ(parts(text).substr(0, 7), "refused") << text;
}

TEST(Name, AcceptsTheLongestParts) {
  const std::string longest(80, 'a');
  EXPECT_NO_THROW(
      Name::parse(std::string(350, 'h') + "/" + longest + "/" + longest + ":" + longest));
}

}  // namespace
}  // namespace cria::registry
