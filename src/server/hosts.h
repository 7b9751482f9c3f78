#pragma once
// Whom a server lets ask it: by the Host header, against names that were made to lead to this
// machine (DNS rebinding), and by the Origin header, against web pages of others.

#include <string>
#include <string_view>
#include <vector>

namespace cria::server {

class AllowedHosts {
 public:
  // `address` is the one listened at, "127.0.0.1:11434"; `more` names, by commas, are let in too.
  // Bound to a loopback address only hosts of this machine and its private networks are, else all
  // addresses, but never a foreign name.
  AllowedHosts(std::string_view address, std::string_view more);
  // The header's text, with or without a port.
  bool allows(std::string_view host) const;

 private:
  bool is_loopback_;
  std::vector<std::string> names_;  // in lower case
};

class AllowedOrigins {
 public:
  // Besides those of this machine and of desktop applications: by commas, * for any text in them.
  explicit AllowedOrigins(std::string_view more);
  // "https://example.org:8080"; pages of the host asked, too.
  bool allows(std::string_view origin, std::string_view host) const;

 private:
  std::vector<std::string> patterns_;
};

}  // namespace cria::server
