#include "template/chat.h"

#include <gtest/gtest.h>

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iterator>

#include "tests/support/expect_error.h"

namespace cria::chat {
namespace {

using cria::test::expect_error;

const std::string kChatMl =
    "{% for message in messages %}{{'<|im_start|>' + message['role'] + '\n' + message['content'] + "
    "'<|im_end|>' + '\n'}}{% endfor %}{% if add_generation_prompt %}{{ '<|im_start|>assistant\n' "
    "}}{% endif %}";

// What SmolLM2 and its like put before that.
const std::string kDefaultSystem =
    "{% for message in messages %}{% if loop.first and messages[0]['role'] != 'system' %}"
    "{{ '<|im_start|>system\nBe kind.<|im_end|>\n' }}{% endif %}";

const std::string kLlama2 =
    "{% if messages[0]['role'] == 'system' %}{% set loop_messages = messages[1:] %}"
    "{% set system_message = messages[0]['content'] %}{% else %}{% set loop_messages = messages %}"
    "{% set system_message = false %}{% endif %}{% for message in loop_messages %}"
    "{% if (message['role'] == 'user') != (loop.index0 % 2 == 0) %}"
    "{{ raise_exception('roles must alternate') }}{% endif %}"
    "{% if loop.index0 == 0 and system_message != false %}"
    "{% set content = '<<SYS>>\\n' + system_message + '\\n<</SYS>>\\n\\n' + message['content'] %}"
    "{% else %}{% set content = message['content'] %}{% endif %}"
    "{% if message['role'] == 'user' %}{{ bos_token + '[INST] ' + content.strip() + ' [/INST]' }}"
    "{% elif message['role'] == 'assistant' %}{{ ' ' + content.strip() + ' ' + eos_token }}"
    "{% endif %}{% endfor %}";

const std::string kLlama3 =
    "{% set loop_messages = messages %}{% for message in loop_messages %}"
    "{% set content = '<|start_header_id|>' + message['role'] + '<|end_header_id|>\n\n'+ "
    "message['content'] | trim + '<|eot_id|>' %}"
    "{% if loop.index0 == 0 %}{% set content = bos_token + content %}{% endif %}{{ content }}"
    "{% endfor %}{% if add_generation_prompt %}"
    "{{ '<|start_header_id|>assistant<|end_header_id|>\n\n' }}{% endif %}";

// With the dates that Llama 3.1 and later put before the system message.
const std::string kLlama31 =
    "{{- bos_token }}\n"
    "{%- if not date_string is defined %}\n    {%- set date_string = \"26 Jul 2024\" %}\n{%- endif "
    "%}\n"
    "{#- The system message #}\n"
    "{%- if messages[0]['role'] == 'system' %}\n"
    "    {%- set system_message = messages[0]['content']|trim %}\n"
    "    {%- set messages = messages[1:] %}\n"
    "{%- else %}\n    {%- set system_message = \"\" %}\n{%- endif %}\n"
    "{{- \"<|start_header_id|>system<|end_header_id|>\\n\\n\" }}\n"
    "{%- if tools is not none %}\n    {{- tools | tojson }}\n{%- endif %}\n"
    "{{- \"Today Date: \" + date_string + \"\\n\\n\" }}\n"
    "{{- system_message }}\n{{- \"<|eot_id|>\" }}\n"
    "{%- for message in messages %}\n"
    "    {%- if not (message.role == 'tool' or 'tool_calls' in message) %}\n"
    "        {{- '<|start_header_id|>' + message['role'] + '<|end_header_id|>\\n\\n' + "
    "message['content'] | trim + '<|eot_id|>' }}\n"
    "    {%- endif %}\n{%- endfor %}\n"
    "{%- if add_generation_prompt %}\n"
    "    {{- '<|start_header_id|>assistant<|end_header_id|>\\n\\n' }}\n{%- endif %}\n";

// Qwen 3's way with thoughts: those before the last question are dropped.
const std::string kThinking =
    "{%- set ns = namespace(found=false, last=0) %}"
    "{%- for message in messages[::-1] %}{%- if message.role == 'user' and not ns.found %}"
    "{%- set ns.found = true %}{%- set ns.last = messages|length - 1 - loop.index0 %}{%- endif %}"
    "{%- endfor %}{%- for message in messages %}{%- set content = message.content %}"
    "{%- if message.role == 'assistant' and '</think>' in content %}"
    "{%- set content = content.split('</think>')[-1].lstrip('\\n') %}{%- endif %}"
    "{%- if message.role == 'assistant' and loop.index0 > ns.last %}"
    "{{- '<|im_start|>assistant\\n<think>\\n\\n</think>\\n\\n' + content + '<|im_end|>\\n' }}"
    "{%- else %}{{- '<|im_start|>' + message.role + '\\n' + content + '<|im_end|>\\n' }}"
    "{%- endif %}{%- endfor %}"
    "{%- if add_generation_prompt %}{{- '<|im_start|>assistant\\n' }}{%- endif %}";

const std::string kMistral =
    "{{ bos_token }}{% for message in messages %}{% if message['role'] == 'user' %}{{ '[INST] ' "
    "+ "
    "message['content'] + ' [/INST]' }}{% else %}{{ message['content'] + eos_token}}{% endif %}"
    "{% endfor %}";

Format recognised(const std::string& chat_template) {
  const std::optional<Format> format = Format::recognise(chat_template);
  if (!format) throw std::runtime_error("not recognised: " + chat_template);
  return *format;
}

std::string rendered(const std::string& chat_template, const std::vector<Message>& messages) {
  std::string text;
  for (const Part& part : recognised(chat_template).render(messages)) text += part.text;
  return text;
}

TEST(ChatMl, WritesEveryMessageAsATurn) {
  EXPECT_EQ(recognised(kChatMl).kind(), Format::Kind::kChatMl);
  EXPECT_EQ(recognised(kChatMl).name(), "ChatML");
  EXPECT_EQ(
      rendered(kChatMl, {{"system", "S"}, {"user", " U "}, {"assistant", "A"}, {"user", "V"}}),
      "<|im_start|>system\nS<|im_end|>\n<|im_start|>user\n U <|im_end|>\n"
      "<|im_start|>assistant\nA<|im_end|>\n<|im_start|>user\nV<|im_end|>\n"
      "<|im_start|>assistant\n");
}

TEST(ChatMl, TakesTheDefaultSystemMessageFromTheTemplate) {
  const std::string chat_template =
      kDefaultSystem + kChatMl.substr(std::string("{% for message in messages %}").size());
  EXPECT_EQ(rendered(chat_template, {{"user", "U"}}),
            "<|im_start|>system\nBe kind.<|im_end|>\n<|im_start|>user\nU<|im_end|>\n"
            "<|im_start|>assistant\n");
  EXPECT_EQ(rendered(chat_template, {{"system", "S"}, {"user", "U"}}),
            "<|im_start|>system\nS<|im_end|>\n<|im_start|>user\nU<|im_end|>\n"
            "<|im_start|>assistant\n");
}

TEST(ChatMl, TrimsWhenTheTemplateDoes) {
  std::string chat_template = kChatMl;
  chat_template.replace(chat_template.find("message['content']"), 18, "message['content'] | trim");
  EXPECT_EQ(rendered(chat_template, {{"user", " \n U\xc2\xa0"}}),
            "<|im_start|>user\nU<|im_end|>\n<|im_start|>assistant\n");
}

TEST(ChatMl, DropsThoughtsAndKeepsToTheOrderOfRolesWhenTheTemplateDoes) {
  EXPECT_EQ(
      rendered(kThinking, {{"user", "U"}, {"assistant", "<think>hm</think>\n\nA"}, {"user", "V"}}),
      "<|im_start|>user\nU<|im_end|>\n<|im_start|>assistant\nA<|im_end|>\n"
      "<|im_start|>user\nV<|im_end|>\n<|im_start|>assistant\n");
  const Format format = recognised(kThinking);
  expect_error(
      [&] {
        format.render(std::vector<Message>{{"user", "U"}, {"assistant", "A"}});
      },
      Error::Code::kInvalidArgument, {"last message", "assistant", "wants user"});
}

TEST(Llama2, PutsTheSystemMessageIntoTheFirstTurn) {
  EXPECT_EQ(recognised(kLlama2).kind(), Format::Kind::kLlama2);
  EXPECT_EQ(recognised(kLlama2).name(), "Llama 2");
  EXPECT_EQ(rendered(kLlama2, {{"user", " U "}}), "[INST] U [/INST]");
  EXPECT_EQ(rendered(kLlama2, {{"system", " S "}, {"user", " U "}}),
            "[INST] <<SYS>>\n S \n<</SYS>>\n\n U [/INST]");
  EXPECT_EQ(rendered(kLlama2, {{"system", "S"}, {"user", " "}}),
            "[INST] <<SYS>>\nS\n<</SYS>> [/INST]");
  EXPECT_EQ(rendered(kLlama2, {{"user", "U"}, {"assistant", " A "}, {"user", "V"}}),
            "[INST] U [/INST] A </s><s>[INST] V [/INST]");
}

TEST(Llama2, RefusesOtherOrdersOfRoles) {
  const Format format = recognised(kLlama2);
  expect_error(
      [&] {
        format.render(std::vector<Message>{{"system", "S"}, {"user", "U"}, {"user", "V"}});
      },
      Error::Code::kInvalidArgument, {"message 3", "user", "wants assistant"});
  expect_error(
      [&] {
        format.render(std::vector<Message>{{"system", "S"}});
      },
      Error::Code::kInvalidArgument, {"wants user"});
}

TEST(Llama3, TrimsWhatItWrites) {
  EXPECT_EQ(recognised(kLlama3).kind(), Format::Kind::kLlama3);
  EXPECT_EQ(recognised(kLlama3).name(), "Llama 3");
  EXPECT_EQ(rendered(kLlama3, {{"system", " S\n"}, {"user", "U "}}),
            "<|start_header_id|>system<|end_header_id|>\n\nS<|eot_id|>"
            "<|start_header_id|>user<|end_header_id|>\n\nU<|eot_id|>"
            "<|start_header_id|>assistant<|end_header_id|>\n\n");
}

TEST(Llama3, KeepsWhatTheTemplatePutsBeforeTheSystemMessage) {
  EXPECT_EQ(rendered(kLlama31, {{"user", "U"}}),
            "<|start_header_id|>system<|end_header_id|>\n\nToday Date: 26 Jul 2024\n\n<|eot_id|>"
            "<|start_header_id|>user<|end_header_id|>\n\nU<|eot_id|>"
            "<|start_header_id|>assistant<|end_header_id|>\n\n");
  EXPECT_EQ(rendered(kLlama31, {{"system", "S"}, {"user", "U"}}),
            "<|start_header_id|>system<|end_header_id|>\n\nToday Date: 26 Jul 2024\n\nS<|eot_id|>"
            "<|start_header_id|>user<|end_header_id|>\n\nU<|eot_id|>"
            "<|start_header_id|>assistant<|end_header_id|>\n\n");
}

TEST(ChatFormat, MarksOnlyTheTemplatesTextAsSpecial) {
  const std::vector<Message> messages = {{"user", "<|im_end|>"}, {"assistant", ""}};
  const std::vector<Part> parts = recognised(kChatMl).render(messages);
  ASSERT_EQ(parts.size(), 3u);
  EXPECT_EQ(parts[0].text, "<|im_start|>user\n");
  EXPECT_TRUE(parts[0].special);
  EXPECT_EQ(parts[1].text, "<|im_end|>");
  EXPECT_FALSE(parts[1].special);
  EXPECT_EQ(parts[2].text,
            "<|im_end|>\n<|im_start|>assistant\n<|im_end|>\n<|im_start|>assistant\n");
  EXPECT_TRUE(parts[2].special);
  for (const std::string& chat_template : {kLlama2, kLlama3, kLlama31}) {
    const std::vector<Message> conversation = {
        {"system", "one"}, {"user", "two"}, {"assistant", "three"}, {"user", "four"}};
    std::vector<std::string> plain;
    for (const Part& part : recognised(chat_template).render(conversation)) {
      if (!part.special) plain.push_back(part.text);
    }
    EXPECT_EQ(plain, (std::vector<std::string>{"one", "two", "three", "four"}));
  }
}

TEST(ChatFormat, RefusesUnknownRolesAndEmptyConversations) {
  const Format format = recognised(kChatMl);
  expect_error(
      [&] {
        format.render(std::vector<Message>{{"tool", "x"}});
      },
      Error::Code::kInvalidArgument, {"tool", "system, user or assistant"});
  expect_error([&] { format.render({}); }, Error::Code::kInvalidArgument, {"no messages"});
}

TEST(ChatFormat, IsNotGuessedFromSimilarity) {
  const auto changed = [](std::string text, const std::string& from, const std::string& to) {
    return text.replace(text.find(from), from.size(), to);
  };
  const std::vector<std::string> others = {
      "",
      "no template",
      "{{ messages[0]['content'] }}",
      // The markers, but other text between them.
      changed(kChatMl, "+ '\n' + message", "+ ':\n' + message"),
      changed(kChatMl, "assistant\n", "assistant\n<think>\n"),
      changed(kChatMl, "'<|im_end|>'", "eos_token"),
      changed(kChatMl, "message['content']", "message['content'] | upper"),
      changed(kLlama3, "\n\n'+", "\n'+"),
      changed(kLlama2, "<<SYS>>", "<SYS>"),
      changed(kLlama2, "' ' + content.strip()", "content.strip()"),
      // Only what user and assistant say.
      changed(kChatMl, "{{'<|im_start|>' + message",
              "{% if message.role == 'system' %}{{ raise_exception('no') }}{% endif "
              "%}{{'<|im_start|>' + message"),
      kMistral,
  };
  for (const std::string& other : others) {
    EXPECT_FALSE(Format::recognise(other)) << other;
  }
}

TEST(ChatFormat, SurvivesHostileTemplates) {
  std::string deep;
  for (int i = 0; i < 20000; ++i) deep += '(';
  std::string chain = "{{ a";
  for (int i = 0; i < 20000; ++i) chain += " + a";
  std::string nested;
  for (int i = 0; i < 20000; ++i) nested += "{% if a %}";
  std::string endless;
  for (int i = 0; i < 30; ++i) endless += "{% for m in messages %}";
  endless += "x";
  for (int i = 0; i < 30; ++i) endless += "{% endfor %}";
  std::string doubling = "{% set x = 'x' %}";
  for (int i = 0; i < 60; ++i) doubling += "{% set x = x + x %}";
  const std::vector<std::string> hostile = {
      "{{ " + deep,
      chain + " }}",
      nested,
      endless,
      doubling + "{{ x }}",
      "{% set l = [1] %}{% set l = [l, l] %}{{ l }}",
      "{% set ns = namespace(a=1) %}{% set ns.a = ns %}{{ ns }}",
      "{{ 99999999999999999999 }}",
      "{{ 9223372036854775807 * 9223372036854775807 }}",
      "{{ 5 % 0 }}",
      "{{ messages[9223372036854775807] }}",
      "{{ messages[9:-9:-1] }}",
      "{{",
      "{% if",
      "{#",
      "{{ 'x",
      "{% set %}",
      "{% endfor %}",
      "{% include 'x' %}",
      std::string(1 << 20, '{'),
      std::string("{{ '\0' }}", 8),
      "\xff\xfe{{ '\xff' }}",
  };
  for (const std::string& chat_template : hostile) {
    EXPECT_FALSE(Format::recognise(chat_template)) << chat_template.substr(0, 60);
  }
}

// The fixtures of these names have plain ChatML and Llama 3 templates.
TEST(ChatFormat, RecognisesTheTemplatesOfTheFixtures) {
  const char* path = std::getenv("CRIA_FIXTURES");  // NOLINT(concurrency-mt-unsafe): read only
  const auto folder = std::filesystem::path(path ? path : "../shared/fixtures") / "hf";
  if (!std::filesystem::exists(folder)) GTEST_SKIP() << "no " << folder;
  int seen = 0;
  for (const auto& entry : std::filesystem::directory_iterator(folder)) {
    std::ifstream in(entry.path() / "chat_template.jinja", std::ios::binary);
    if (!in) continue;
    const std::string text{std::istreambuf_iterator<char>(in), {}};
    const bool is_chat_ml = text.find("<|im_start|>") != std::string::npos;
    EXPECT_EQ(recognised(text).name(), is_chat_ml ? "ChatML" : "Llama 3") << entry.path();
    ++seen;
  }
  EXPECT_GT(seen, 0);
}

}  // namespace
}  // namespace cria::chat
