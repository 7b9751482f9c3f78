#include "server/hosts.h"

#include <arpa/inet.h>
#include <ifaddrs.h>
#include <netinet/in.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cstring>
#include <optional>

#include "base/wildcards.h"

namespace cria::server {
namespace {

std::string lower(std::string_view text) {
  std::string out(text);
  std::ranges::transform(out, out.begin(),
                         [](char c) { return c >= 'A' && c <= 'Z' ? c + 32 : c; });
  return out;
}

std::vector<std::string> split(std::string_view list) {
  std::vector<std::string> items;
  while (!list.empty()) {
    std::string_view item = list.substr(0, list.find(','));
    list.remove_prefix(std::min(item.size() + 1, list.size()));
    while (item.starts_with(' ')) item.remove_prefix(1);
    while (item.ends_with(' ')) item.remove_suffix(1);
    if (!item.empty()) items.push_back(lower(item));
  }
  return items;
}

// Of a Host header: "[::1]:11434" is "::1".
std::string without_port(std::string_view host) {
  if (host.starts_with('[')) {
    const size_t end = host.find(']');
    return lower(host.substr(1, end == host.npos ? host.npos : end - 1));
  }
  // More than one colon: an address of IPv6 without brackets.
  const size_t colon = host.find(':');
  const bool has_port = colon != host.npos && host.find(':', colon + 1) == host.npos;
  return lower(has_port ? host.substr(0, colon) : host);
}

// As 16 bytes, those of IPv4 in the last four.
using Address = std::array<unsigned char, 16>;
std::optional<Address> parse_address(const std::string& text) {
  Address out{};
  in_addr v4{};
  if (::inet_pton(AF_INET, text.c_str(), &v4) == 1) {
    out[10] = out[11] = 0xff;
    std::memcpy(&out[12], &v4, sizeof v4);
    return out;
  }
  if (::inet_pton(AF_INET6, text.c_str(), out.data()) == 1) return out;
  return std::nullopt;
}

bool is_v4(const Address& a) {
  constexpr Address kPrefix{0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xff, 0xff};
  return std::equal(a.begin(), a.begin() + 12, kPrefix.begin());
}

bool is_loopback(const Address& a) {
  constexpr Address kLoopback{0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1};
  return is_v4(a) ? a[12] == 127 : a == kLoopback;
}

bool is_private(const Address& a) {
  if (!is_v4(a)) return (a[0] & 0xfe) == 0xfc || (a[0] == 0xfe && (a[1] & 0xc0) == 0x80);
  return a[12] == 10 || (a[12] == 172 && (a[13] & 0xf0) == 16) || (a[12] == 192 && a[13] == 168);
}

bool is_unspecified(const Address& a) {
  const auto rest = is_v4(a) ? a.begin() + 12 : a.begin();
  return std::all_of(rest, a.end(), [](unsigned char byte) { return byte == 0; });
}

bool is_of_an_interface(const Address& address) {
  ifaddrs* list = nullptr;
  if (::getifaddrs(&list) != 0) return false;
  bool found = false;
  for (const ifaddrs* one = list; one && !found; one = one->ifa_next) {
    if (!one->ifa_addr) continue;
    std::array<char, INET6_ADDRSTRLEN> text{};
    const bool v6 = one->ifa_addr->sa_family == AF_INET6;
    if (!v6 && one->ifa_addr->sa_family != AF_INET) continue;
    const void* bytes = v6 ? static_cast<const void*>(
                                 &reinterpret_cast<const sockaddr_in6*>(one->ifa_addr)->sin6_addr)
                           : &reinterpret_cast<const sockaddr_in*>(one->ifa_addr)->sin_addr;
    ::inet_ntop(one->ifa_addr->sa_family, bytes, text.data(), text.size());
    found = parse_address(text.data()) == address;
  }
  ::freeifaddrs(list);
  return found;
}

std::string name_of_this_machine() {
  constexpr size_t kMost = 256;
  std::array<char, kMost> name{};
  return ::gethostname(name.data(), name.size() - 1) == 0 ? lower(name.data()) : "";
}

}  // namespace

AllowedHosts::AllowedHosts(std::string_view address, std::string_view more) : names_(split(more)) {
  const auto own = parse_address(without_port(address));
  is_loopback_ = !own || is_loopback(*own);
  names_.push_back("localhost");
  if (const std::string name = name_of_this_machine(); !name.empty()) names_.push_back(name);
}

bool AllowedHosts::allows(std::string_view header) const {
  std::string host = without_port(header);
  if (host.empty()) return true;
  if (const auto address = parse_address(host)) {
    return !is_loopback_ || is_loopback(*address) || is_private(*address) ||
           is_unspecified(*address) || is_of_an_interface(*address);
  }
  if (host.ends_with('.')) host.pop_back();
  return std::ranges::find(names_, host) != names_.end() || host.ends_with(".localhost") ||
         host.ends_with(".local") || host.ends_with(".internal");
}

AllowedOrigins::AllowedOrigins(std::string_view more) : patterns_(split(more)) {
  for (const char* host : {"localhost", "127.0.0.1", "0.0.0.0", "[::1]"}) {
    for (const char* scheme : {"http://", "https://"}) {
      patterns_.push_back(std::string(scheme) + host);
      patterns_.push_back(std::string(scheme) + host + ":*");
    }
  }
  for (const char* scheme :
       {"app://", "file://", "tauri://", "vscode-webview://", "vscode-file://"}) {
    patterns_.push_back(scheme + std::string("*"));
  }
}

bool AllowedOrigins::allows(std::string_view origin, std::string_view host) const {
  const std::string text = lower(origin);
  const size_t scheme = text.find("://");
  if (scheme != std::string::npos && !host.empty() && text.substr(scheme + 3) == lower(host)) {
    return true;
  }
  return std::ranges::any_of(
      patterns_, [&](const std::string& pattern) { return fits_wildcards(pattern, text); });
}

}  // namespace cria::server
