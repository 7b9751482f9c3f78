#include "settings/address.h"

#include <algorithm>
#include <charconv>

#include "base/error.h"
#include "base/quote.h"

namespace cria::settings {
namespace {

using Code = Error::Code;

// Of "host", "host:port", ":port", "::1", "[::1]:port".
struct HostAndPort {
  std::string_view host, port;
};

HostAndPort split(std::string_view text) {
  if (text.starts_with('[')) {
    const size_t end = text.find(']');
    if (end == text.npos) return {text, ""};
    const std::string_view rest = text.substr(end + 1);
    return {text.substr(1, end - 1), rest.starts_with(':') ? rest.substr(1) : ""};
  }
  if (std::ranges::count(text, ':') != 1) return {text, ""};
  const size_t colon = text.find(':');
  return {text.substr(0, colon), text.substr(colon + 1)};
}

int parse_port(std::string_view port, std::string_view whole) {
  int value = 0;
  const char* const end = port.data() + port.size();
  const auto [stopped, error] = std::from_chars(port.data(), end, value);
  if (error == std::errc() && stopped == end && value >= 0 && value <= 65535) return value;
  fail(Code::kInvalidArgument, "host ", quote(whole), ": the port is ", quote(port),
       ", expected a number from 0 to 65535");
}

}  // namespace

std::string Address::authority() const {
  const bool brackets = host.find(':') != host.npos;
  return concat(brackets ? "[" : "", host, brackets ? "]" : "", ':', port);
}

std::string Address::url() const { return concat(scheme, "://", authority(), path); }

bool Address::is_loopback() const {
  return host == "localhost" || host.ends_with(".localhost") || host.starts_with("127.") ||
         host == "::1";
}

Address Address::to_ask() const {
  Address asked = *this;
  if (host == "0.0.0.0") asked.host = "127.0.0.1";
  if (host == "::") asked.host = "::1";
  return asked;
}

Address parse_address(std::string_view text) {
  Address address;
  std::string_view rest = text;
  if (const size_t mark = rest.find("://"); mark != rest.npos) {
    address.scheme = rest.substr(0, mark);
    if (address.scheme != "http" && address.scheme != "https") {
      fail(Code::kInvalidArgument, "host ", quote(text), ": the scheme is ", quote(address.scheme),
           ", expected http or https");
    }
    address.port = address.scheme == "http" ? 80 : 443;
    rest.remove_prefix(mark + 3);
  }
  const size_t slash = std::min(rest.find('/'), rest.size());
  address.path = rest.substr(slash);
  address.path.erase(address.path.find_last_not_of('/') + 1);
  const auto [host, port] = split(rest.substr(0, slash));
  if (!host.empty()) address.host = host;
  if (!port.empty()) address.port = parse_port(port, text);
  return address;
}

}  // namespace cria::settings
