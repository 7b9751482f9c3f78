#pragma once
// Where a server is, as the setting `host` says it: "127.0.0.1:11434",
// "https://models.example/api".

#include <string>
#include <string_view>

namespace cria::settings {

struct Address {
  std::string scheme = "http";
  std::string host = "127.0.0.1";  // an address of IPv6 without brackets
  int port = 11434;                // 0: any that is free, for a server
  std::string path{};              // before those of the API: "" or "/ollama"

  std::string authority() const;  // "127.0.0.1:11434", "[::1]:11434"
  // "http://127.0.0.1:11434"
  std::string url() const;
  // Where one that listens everywhere (0.0.0.0) is asked.
  Address to_ask() const;
  // Whether it is this machine's own.
  bool is_loopback() const;

  bool operator==(const Address&) const = default;
};

// Ollama's rules: what is left out is that of Address, but with a scheme the port is 80 or 443.
// InvalidArgument: another scheme, a port that is none.
Address parse_address(std::string_view text);

}  // namespace cria::settings
