// What transformers made of tests/jinja/templates on tests/jinja/conversations.json:
// scripts/check_jinja wrote it.
#include <gtest/gtest.h>

#include <fstream>
#include <nlohmann/json.hpp>
#include <sstream>

#include "template/jinja/test_json.h"
#include "template/jinja/test_render.h"

namespace cria::jinja {
namespace {

using Json = nlohmann::ordered_json;

std::string read(const std::string& name) {
  std::ifstream file("tests/jinja/" + name);
  std::stringstream text;
  text << file.rdbuf();
  return text.str();
}

// The variables of a conversation, as the script gives them.
Data conversation(const std::string& name) {
  Json data = {{"documents", nullptr}, {"tools", nullptr},    {"add_generation_prompt", true},
               {"bos_token", "<s>"},   {"eos_token", "</s>"}, {"pad_token", "<pad>"},
               {"unk_token", "<unk>"}};
  for (const Json& one : Json::parse(read("conversations.json"))) {
    if (one["name"] == name) data.update(one["data"]);
  }
  return data_of(data);
}

TEST(JinjaGolden, RendersWhatTransformersRenders) {
  constexpr std::time_t kNow = 1785499200;  // 2026-07-31T12:00:00Z
  std::istringstream lines(read("golden.jsonl"));
  int count = 0;
  for (std::string line; std::getline(lines, line); ++count) {
    const Json golden = Json::parse(line);
    const auto name = golden["case"].get<std::string>();
    const size_t on = name.find(" on ");
    const Template parsed(name, read("templates/" + name.substr(0, on)));
    std::string text;
    try {
      for (const chat::Part& part : parsed.run(conversation(name.substr(on + 4)), {.now = kNow}))
        text += part.text;
      EXPECT_EQ(text, golden.value("text", "an error")) << name;
    } catch (const Error& error) {
      const std::string raised = "TemplateError: ";
      const auto wanted = golden.value("error", "no error");
      if (wanted.starts_with(raised)) {
        EXPECT_EQ(raised + error.what(), wanted) << name;
      } else {
        EXPECT_TRUE(golden.contains("error")) << name << ": " << error.what();
      }
    }
  }
  EXPECT_EQ(count, 95);
}

}  // namespace
}  // namespace cria::jinja
