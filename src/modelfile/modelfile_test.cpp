#include "modelfile/modelfile.h"

#include <gtest/gtest.h>

#include "tests/support/expect_error.h"

namespace cria::modelfile {
namespace {

using Code = Error::Code;
using test::expect_error;

TEST(Modelfile, HasAllInstructions) {
  const Modelfile file = Modelfile::parse(R"(# A comment
FROM llama3.2:1b
from ./mmproj.gguf
ADAPTER ./lora
DRAFT tiny
TEMPLATE """{{ .Prompt }}
"the end" """
SYSTEM "You are
kind."
  PARAMETER temperature 0.25
PARAMETER top_k 7
PARAMETER use_mmap false
PARAMETER stop "<|end|>"
PARAMETER stop User:
MESSAGE user Hi there
MESSAGE assistant """Hello!"""
LICENSE MIT
RENDERER qwen3
PARSER qwen3-thinking
REQUIRES 0.14.0)");
  const Modelfile expected{.from = {"llama3.2:1b", "./mmproj.gguf"},
                           .adapters = {"./lora"},
                           .drafts = {"tiny"},
                           .chat_template = "{{ .Prompt }}\n\"the end\" ",
                           .system = "You are\nkind.",
                           .renderer = "qwen3",
                           .parser = "qwen3-thinking",
                           .required = "0.14.0",
                           .parameters = {{"temperature", 0.25},
                                          {"top_k", int64_t{7}},
                                          {"use_mmap", false},
                                          {"stop", std::vector<std::string>{"<|end|>", "User:"}}},
                           .messages = {{"user", "Hi there"}, {"assistant", "Hello!"}},
                           .licenses = {"MIT"}};
  EXPECT_EQ(file, expected);
}

TEST(Modelfile, TakesTheLinesOfOtherSystems) {
  const Modelfile expected{.from = {"a"},
                           .adapters = {},
                           .drafts = {},
                           .chat_template = {},
                           .system = "\u00fcber \U0001f999",
                           .renderer = {},
                           .parser = {},
                           .required = {},
                           .parameters = {},
                           .messages = {},
                           .licenses = {}};
  EXPECT_EQ(Modelfile::parse("FROM a\r\nSYSTEM \u00fcber \U0001f999\r\n"), expected);
  EXPECT_EQ(Modelfile::parse("\xef\xbb\xbf"
                             "FROM a\nSYSTEM \u00fcber \U0001f999"),
            expected);
  std::string little = "\xff\xfe", big = "\xfe\xff";
  for (const char16_t unit : std::u16string(u"FROM a\nSYSTEM \u00fcber \U0001f999")) {
    const char low = static_cast<char>(unit & 0xff), high = static_cast<char>(unit >> 8);
    little += {low, high};
    big += {high, low};
  }
  EXPECT_EQ(Modelfile::parse(little), expected);
  EXPECT_EQ(Modelfile::parse(big), expected);
}

TEST(Modelfile, TellsTheLineThatIsWrong) {
  const auto refused = [](const char* text, const char* message) {
    expect_error([&] { Modelfile::parse(text); }, Code::kInvalidArgument, {message});
  };
  refused("", "no FROM line");
  refused("# FROM a", "no FROM line");
  refused("FROM a\n\nFORM b",
          R"((line 3): command must be one of "from", "license", "template", "system", "adapter", )"
          R"("draft", "renderer", "parser", "parameter", "message", or "requires", not "FORM")");
  refused("FROM a\nSYSTEM \"\"\"x\ny\nMESSAGE robot hi", "(line 2): unexpected EOF");
  refused("FROM a\nSYSTEM \"\"\"x\ny\"\"\"\nMESSAGE robot hi",
          R"((line 4): message role must be one of "system", "user", or "assistant", not "robot")");
  refused("FROM", "(line 1): unexpected end of the line after command \"FROM\"");
  refused("FROM\na", "(line 1): unexpected end of the line");
  refused("FROM \na", "(line 1): FROM is empty");
  refused("FROM a\nPARAMETER stop",
          "(line 2): unexpected end of the line after parameter \"stop\"");
  refused("FROM a\nPARAMETER top_q 1", "(line 2): unknown parameter \"top_q\", expected one of");
  refused("FROM a\nPARAMETER top_k 1.5",
          "(line 2): parameter top_k is \"1.5\", expected a whole number");
  refused("FROM a\nPARAMETER top_p x", "(line 2): parameter top_p is \"x\", expected a number");
  refused("FROM a\nPARAMETER top_p nan", "(line 2): parameter top_p is \"nan\"");
  refused("FROM a\nPARAMETER use_mmap yes", "expected true or false");
  for (const char* version : {"1.2", "1.2.x", "01.2.3", "1.2.3.4", "1.2.3-", "latest"})
    refused(concat("FROM a\nREQUIRES ", version).c_str(),
            "(line 2): requires must be a valid semver");
  EXPECT_EQ(Modelfile::parse("FROM a\nREQUIRES v1.2.3-rc1").required, "v1.2.3-rc1");
}

TEST(Modelfile, RefusesTextOfNoEncoding) {
  const auto refused = [](std::string_view text, const char* message) {
    expect_error([&] { Modelfile::parse(text); }, Code::kCorrupt, {message});
  };
  refused("FROM a\nSYSTEM \xff", "(line 2): not UTF-8");
  refused("FROM \xed\xa0\x80", "(line 1): not UTF-8");
  refused("FROM \xc0\xaf", "(line 1): not UTF-8");
  refused("FROM \xf4\x90\x80\x80", "(line 1): not UTF-8");
  refused("FROM \xe2\x82", "(line 1): not UTF-8");
  refused(std::string_view("\xff\xfe"
                           "F\0\0\xd8",
                           6),
          "(line 1): not UTF-16");
  refused(
      "\xff\xfe"
      "F",
      "odd");
}

TEST(Modelfile, TellsOfWhatIsDeprecated) {
  std::string told;
  const Modelfile file = Modelfile::parse("FROM a\nPARAMETER f16_kv true",
                                          [&](const std::string& text) { told += text; });
  EXPECT_EQ(told, "(line 2): parameter f16_kv is deprecated and does nothing");
  EXPECT_TRUE(file.parameters.empty());
}

TEST(Modelfile, ReadsBackWhatItWrites) {
  const std::string texts[] = {"",      "plain",    " spaces ",   "a \"quoted\" word",
                               "\"",    "\"all\"",  "two\nlines", "ends\n",
                               "\n",    "\"a\"\nb", "a\r\nb",     "say \"\"\" here",
                               "# not", "x\n\"",    "\t",         "{{ .Prompt }}"};
  for (const std::string& text : texts) {
    const Modelfile file{.from = {"./a b.gguf"},
                         .adapters = {},
                         .drafts = {},
                         .chat_template = text,
                         .system = text,
                         .renderer = {},
                         .parser = {},
                         .required = "0.1.2",
                         .parameters = {{"stop", std::vector<std::string>{text, "b"}},
                                        {"top_p", 0.1},
                                        {"num_ctx", int64_t{1} << 40},
                                        {"use_mmap", true}},
                         .messages = {{"user", text}, {"assistant", text}},
                         .licenses = {text, "MIT"}};
    EXPECT_EQ(Modelfile::parse(file.text()), file) << file.text();
  }
}

TEST(Modelfile, RefusesToWriteWhatCannotBeRead) {
  Modelfile file;
  file.from = {"a"};
  file.system = "a\"\"\"\nb";
  expect_error([&] { file.text(); }, Code::kUnsupported, {"lines of it end with quotes"});
}

}  // namespace
}  // namespace cria::modelfile
