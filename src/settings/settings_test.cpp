#include "settings/settings.h"

#include <gtest/gtest.h>

#include "tests/support/expect_error.h"
#include "tests/support/temporary_folder.h"

namespace cria::settings {
namespace {

using test::expect_error;
using namespace std::chrono_literals;

Settings::Environment environment(std::map<std::string, std::string> variables) {
  return [variables = std::move(variables)](const std::string& name) {
    const auto found = variables.find(name);
    return found == variables.end() ? std::nullopt : std::optional(found->second);
  };
}

TEST(Settings, HaveDefaults) {
  const Settings settings(environment({}), "");
  EXPECT_EQ(settings.text("host"), "127.0.0.1:11434");
  EXPECT_EQ(settings.keep_alive("keep_alive"), 5min);
  EXPECT_EQ(settings.duration("load_timeout"), 5min);
  EXPECT_EQ(settings.count("max_queue"), 512);
  EXPECT_FALSE(settings.flag("debug"));
  EXPECT_EQ(settings["host"].from, "default");
}

TEST(Settings, OfTheEnvironmentCountMoreThanThoseOfTheFile) {
  const test::TemporaryFolder folder;
  folder.write("config",
               "# mine\n\nhost = 0.0.0.0:1\r\nkeep_alive=\"-1\"\ndebug = yes\nmax_queue = 3");
  const std::string file = folder.file("config");
  const Settings settings(environment({{"OLLAMA_HOST", "a:1"},
                                       {"CRIA_HOST", "b:2"},
                                       {"OLLAMA_MAX_QUEUE", "7"},
                                       {"OLLAMA_DEBUG", ""},
                                       {"CRIA_KV_CACHE_TYPE", " q8_0 "}}),
                          file);
  EXPECT_EQ(settings.text("host"), "b:2");
  EXPECT_EQ(settings["host"].from, "CRIA_HOST");
  EXPECT_EQ(settings.count("max_queue"), 7);
  EXPECT_EQ(settings.text("kv_cache_type"), "q8_0");
  EXPECT_EQ(settings.keep_alive("keep_alive"), std::nullopt);
  EXPECT_EQ(settings["keep_alive"].from, file + ":4");
  EXPECT_TRUE(settings.flag("debug"));
}

TEST(Settings, OfFlagsCountMost) {
  Settings settings(environment({{"CRIA_HOST", "b:2"}}), "");
  settings.set("host", "c:3", "--host");
  EXPECT_EQ(settings.text("host"), "c:3");
  EXPECT_EQ(settings["host"].from, "--host");
}

TEST(Settings, AreRefusedWithTheirPlace) {
  const auto refused = [](const std::string& name, const std::string& value,
                          std::initializer_list<std::string_view> parts) {
    expect_error(
        [&] {
          Settings(environment({{name, value}}), "");
        },
        Error::Code::kInvalidArgument, parts);
  };
  refused("OLLAMA_MAX_QUEUE", "many", {"OLLAMA_MAX_QUEUE", "\"many\"", "whole number"});
  refused("OLLAMA_MAX_QUEUE", "-1", {"\"-1\""});
  refused("CRIA_KEEP_ALIVE", "soon", {"CRIA_KEEP_ALIVE", "\"soon\"", "5m"});
  refused("CRIA_LOAD_TIMEOUT", "-5m", {"\"-5m\""});
  refused("CRIA_DEBUG", "perhaps", {"true or false"});
  const test::TemporaryFolder folder;
  const auto file_refused = [&](const std::string& text,
                                std::initializer_list<std::string_view> parts) {
    folder.write("config", text);
    expect_error([&] { Settings(environment({}), folder.file("config")); },
                 Error::Code::kInvalidArgument, parts);
  };
  file_refused("\nhots = x", {"config:2", "\"hots\"", "host, origins"});
  file_refused("host", {"config:1", "NAME = VALUE"});
  expect_error([&] { Settings(environment({}), folder.file("none")); }, Error::Code::kNotFound,
               {"none"});
}

}  // namespace
}  // namespace cria::settings
