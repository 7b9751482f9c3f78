#include "settings/address.h"

#include <gtest/gtest.h>

#include "tests/support/expect_error.h"

namespace cria::settings {
namespace {

TEST(Address, IsReadAsOllamaReadsIt) {
  const std::pair<const char*, const char*> cases[] = {
      {"", "http://127.0.0.1:11434"},
      {"127.0.0.1", "http://127.0.0.1:11434"},
      {"example.com", "http://example.com:11434"},
      {"example.com:99", "http://example.com:99"},
      {":8080", "http://127.0.0.1:8080"},
      {"http://example.com", "http://example.com:80"},
      {"https://example.com", "https://example.com:443"},
      {"https://example.com:1/ollama/", "https://example.com:1/ollama"},
      {"example.com/a/b", "http://example.com:11434/a/b"},
      {"::1", "http://[::1]:11434"},
      {"[::1]", "http://[::1]:11434"},
      {"[::1]:5", "http://[::1]:5"},
      {"http://[fe80::1]", "http://[fe80::1]:80"},
      {"0.0.0.0", "http://127.0.0.1:11434"},
      {"0.0.0.0:5", "http://127.0.0.1:5"},
      {"[::]:5", "http://[::1]:5"},
  };
  for (const auto& [text, url] : cases) EXPECT_EQ(parse_address(text).to_ask().url(), url) << text;
}

TEST(Address, IsRefusedWhenItMakesNoSense) {
  for (const char* text : {"host:x", "host:65536", "host:-1", "[::1]:x"}) {
    test::expect_error([&] { parse_address(text); }, Error::Code::kInvalidArgument, {"port"});
  }
  test::expect_error([] { parse_address("ftp://host"); }, Error::Code::kInvalidArgument,
                     {"\"ftp\"", "http or https"});
}

TEST(Address, KnowsThisMachine) {
  for (const char* text : {"127.0.0.1", "127.9.9.9:1", "localhost", "a.localhost", "[::1]:1"}) {
    EXPECT_TRUE(parse_address(text).is_loopback()) << text;
  }
  for (const char* text : {"example.com", "192.168.0.1", "localhost.example.com", "fe80::1"}) {
    EXPECT_FALSE(parse_address(text).is_loopback()) << text;
  }
}

}  // namespace
}  // namespace cria::settings
