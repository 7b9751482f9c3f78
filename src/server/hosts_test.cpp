#include "server/hosts.h"

#include <gtest/gtest.h>

namespace cria::server {
namespace {

TEST(AllowedHosts, AreOfThisMachineAndItsNetwork) {
  const AllowedHosts hosts("127.0.0.1:11434", "cria.example.org, Other");
  for (const char* host : {"",
                           "localhost",
                           "LOCALHOST:11434",
                           "localhost.",
                           "127.0.0.1",
                           "127.9.9.9:80",
                           "[::1]:11434",
                           "::1",
                           "0.0.0.0",
                           "10.1.2.3",
                           "172.31.0.1",
                           "192.168.0.9",
                           "[fe80::1]",
                           "[fd00::1]",
                           "[::ffff:127.0.0.1]",
                           "a.localhost",
                           "printer.local",
                           "host.docker.internal:11434",
                           "cria.example.org",
                           "other:1"}) {
    EXPECT_TRUE(hosts.allows(host)) << host;
  }
  for (const char* host :
       {"example.org", "evil.localhost.example.org", "8.8.8.8", "172.32.0.1", "[2001:db8::1]",
        "localhost.evil.com:11434", "127.0.0.1.evil.com", "local", "0x7f000001", "2130706433"}) {
    EXPECT_FALSE(hosts.allows(host)) << host;
  }
}

TEST(AllowedHosts, AreAllAddressesButNoForeignNameWhenBoundToOthers) {
  const AllowedHosts hosts("0.0.0.0:11434", "");
  EXPECT_TRUE(hosts.allows("8.8.8.8:11434"));
  EXPECT_TRUE(hosts.allows("localhost"));
  EXPECT_FALSE(hosts.allows("example.org"));
}

TEST(AllowedOrigins, AreOfThisMachineAndOfTheHostAsked) {
  const AllowedOrigins origins("https://*.example.org,http://one:8080");
  for (const char* origin :
       {"http://localhost", "https://LOCALHOST:3000", "http://127.0.0.1:5173", "http://0.0.0.0:1",
        "http://[::1]:8080", "app://obsidian.md", "tauri://localhost", "vscode-webview://x",
        "file://", "https://a.example.org", "http://one:8080", "http://me.local:11434"}) {
    EXPECT_TRUE(origins.allows(origin, "me.local:11434")) << origin;
  }
  for (const char* origin :
       {"null", "http://evil.com", "http://localhost.evil.com", "http://one", "https://example.org",
        "http://me.local", "https://evil.com/localhost"}) {
    EXPECT_FALSE(origins.allows(origin, "me.local:11434")) << origin;
  }
  EXPECT_TRUE(AllowedOrigins("*").allows("http://evil.com", ""));
}

}  // namespace
}  // namespace cria::server
