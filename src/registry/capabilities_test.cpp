#include "registry/capabilities.h"

#include <gtest/gtest.h>

#include <map>

#include "registry/chat_template.h"
#include "tests/support/gguf_builder.h"

namespace cria::registry {
namespace {

using Abilities = std::vector<std::string>;

Abilities abilities(const std::map<std::string, std::string>& texts,
                    const std::optional<std::string>& go_template = std::nullopt,
                    bool sees = false) {
  test::GgufBuilder builder;
  for (const auto& [key, text] : texts) builder.metadata(key, text);
  const std::vector<std::byte> bytes = builder.bytes();
  return capabilities(*gguf::File::parse(bytes, "test"), go_template, sees);
}

Abilities of_template(const char* chat_template) {
  return abilities({{"tokenizer.chat_template", chat_template}});
}

TEST(Capabilities, AreWhatTheChatTemplateReads) {
  EXPECT_EQ(of_template("{{ messages[0].content }}"), Abilities{"completion"});
  EXPECT_EQ(of_template("{% if tools %}{% endif %}{{ enable_thinking }}"),
            (Abilities{"completion", "tools", "thinking"}));
  EXPECT_EQ(of_template("tools <think> {# tools #}"), Abilities{"completion"});
  EXPECT_EQ(of_template("{% if tools"), Abilities{"completion"});
  EXPECT_EQ(abilities({}), Abilities{"completion"});
}

TEST(Capabilities, AreThoseOfTheTemplateForToolsToo) {
  EXPECT_EQ(abilities({{"tokenizer.chat_template", "plain"},
                       {"tokenizer.chat_template.tool_use", "with tools"}}),
            (Abilities{"completion", "tools"}));
}

TEST(Capabilities, AreThoseOfAGoTemplateThatStandsBeforeTheFiles) {
  EXPECT_EQ(abilities({{"tokenizer.chat_template", "{{ tools }}"}}, "{{ .Prompt }}{{ .Suffix }}"),
            (Abilities{"completion", "insert"}));
  EXPECT_EQ(abilities({},
                      "{{ range .Tools }}{{ end }}{{ range .Messages }}<t>{{ .Thinking }}</t>"
                      "{{ end }}"),
            (Abilities{"completion", "tools", "thinking"}));
}

TEST(Capabilities, AreThoseOfTheFile) {
  test::GgufBuilder builder;
  builder.metadata("general.architecture", "x");
  builder.metadata("x.pooling_type", uint32_t{1});
  const std::vector<std::byte> bytes = builder.bytes();
  EXPECT_EQ(capabilities(*gguf::File::parse(bytes, "test"), std::nullopt, true),
            (Abilities{"embedding", "vision"}));
  EXPECT_EQ(abilities({}, std::nullopt, true), (Abilities{"completion", "vision"}));
}

TEST(Capabilities, AreThoseOfTokensWhereNoGoTemplateIs) {
  const auto with_tokens = [](const std::vector<std::string>& tokens, uint32_t first,
                              const std::optional<std::string>& go_template) {
    test::GgufBuilder builder;
    builder.metadata("tokenizer.ggml.tokens", tokens)
        .metadata("tokenizer.chat_template", "{{ messages[0].content }}")
        .metadata("tokenizer.ggml.fim_pre_token_id", first)
        .metadata("tokenizer.ggml.fim_suf_token_id", first + 1)
        .metadata("tokenizer.ggml.fim_mid_token_id", first + 2);
    const std::vector<std::byte> bytes = builder.bytes();
    return capabilities(*gguf::File::parse(bytes, "test"), go_template, false);
  };
  const std::vector<std::string> odd = {"a", "<P>", "<S>", "<M>"};
  const std::vector<std::string> known = {"<|fim_middle|>", "<|fim_prefix|>", "<|fim_suffix|>"};
  const Abilities inserts = {"completion", "insert"}, writes = {"completion"};
  EXPECT_EQ(with_tokens(odd, 1, std::nullopt), inserts);
  EXPECT_EQ(with_tokens(odd, 2, std::nullopt), writes);  // the last key names no token
  EXPECT_EQ(with_tokens(known, 7, std::nullopt), inserts);
  EXPECT_EQ(with_tokens(odd, 1, "{{ .Prompt }}"), writes);
}

std::string prompt_of(const test::GgufBuilder& builder) {
  const std::vector<std::byte> bytes = builder.bytes();
  const chat::FoundTemplate found =
      find_chat_template(*gguf::File::parse(bytes, "test"), std::nullopt);
  if (!found.chat_template) return found.problem;
  std::string text;
  const chat::Conversation talk{.messages = {{"user", "u"}}, .tools = {}};
  for (const chat::Part& part : found.chat_template->render(talk, {})) text += part.text;
  return text;
}

TEST(ChatTemplateOfFile, KnowsTheSpecialTokens) {
  test::GgufBuilder builder;
  builder
      .metadata("tokenizer.chat_template",
                "{{ bos_token }}{{ messages[0].content }}{{ eos_token }}{{ unk_token }}")
      .metadata("tokenizer.ggml.tokens", std::vector<std::string>{"<s>", "</s>"})
      .metadata("tokenizer.ggml.bos_token_id", uint32_t{0})
      .metadata("tokenizer.ggml.eos_token_id", uint32_t{1})
      .metadata("tokenizer.ggml.unknown_token_id", uint32_t{7});
  EXPECT_EQ(prompt_of(builder), "<s>u</s>");
}

TEST(ChatTemplateOfFile, SaysWhyThereIsNone) {
  EXPECT_EQ(prompt_of({}), "the model has no chat template");
  test::GgufBuilder builder;
  builder.metadata("tokenizer.chat_template", "\n{% if");
  EXPECT_EQ(prompt_of(builder).find(
                "the model's chat template can not be used: template: chat_template:2: "),
            0u)
      << prompt_of(builder);
}

}  // namespace
}  // namespace cria::registry
