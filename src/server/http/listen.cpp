#include "server/http/listen.h"

#include <arpa/inet.h>
#include <netdb.h>
#include <netinet/in.h>

#include <array>
#include <cerrno>
#include <cstring>
#include <memory>

#include "base/error.h"
#include "base/quote.h"

namespace cria::server {
namespace {

using Code = Error::Code;

constexpr int kBacklog = 512;

struct FreeAddresses {
  void operator()(addrinfo* list) const { ::freeaddrinfo(list); }
};

std::unique_ptr<addrinfo, FreeAddresses> look_up(const std::string& host, int port) {
  addrinfo hints{};
  hints.ai_family = AF_UNSPEC;
  hints.ai_socktype = SOCK_STREAM;
  hints.ai_flags = AI_PASSIVE | AI_NUMERICSERV;
  addrinfo* list = nullptr;
  const int error = ::getaddrinfo(host.c_str(), std::to_string(port).c_str(), &hints, &list);
  if (error != 0) {
    fail(Code::kInvalidArgument, quote(host),
         ": is no address of this machine: ", ::gai_strerror(error));
  }
  return std::unique_ptr<addrinfo, FreeAddresses>(list);
}

}  // namespace

FileDescriptor listen_at(const std::string& host, int port) {
  const auto addresses = look_up(host, port);
  const addrinfo& address = *addresses;
  FileDescriptor socket(
      ::socket(address.ai_family, address.ai_socktype | SOCK_CLOEXEC | SOCK_NONBLOCK, 0), "socket");
  const int on = 1, off = 0;
  ::setsockopt(socket.get(), SOL_SOCKET, SO_REUSEADDR, &on, sizeof on);
  if (address.ai_family == AF_INET6) {  // "::" stands for IPv4, too
    ::setsockopt(socket.get(), IPPROTO_IPV6, IPV6_V6ONLY, &off, sizeof off);
  }
  const bool is_bound = ::bind(socket.get(), address.ai_addr, address.ai_addrlen) == 0;
  if (is_bound && ::listen(socket.get(), kBacklog) == 0) return socket;
  const int error = errno;
  const std::string place = concat(host, ':', port);
  if (error == EADDRINUSE) {
    fail(Code::kUnsupported, place,
         ": is in use already: stop what serves there, or choose another");
  }
  fail_with_errno(place, "cannot listen", error);
}

std::string address_text(const sockaddr* address) {
  std::array<char, INET6_ADDRSTRLEN> text{};
  if (address->sa_family == AF_INET) {
    sockaddr_in v4{};
    std::memcpy(&v4, address, sizeof v4);
    ::inet_ntop(AF_INET, &v4.sin_addr, text.data(), text.size());
  } else if (address->sa_family == AF_INET6) {
    sockaddr_in6 v6{};
    std::memcpy(&v6, address, sizeof v6);
    const void* inner = IN6_IS_ADDR_V4MAPPED(&v6.sin6_addr) ? &v6.sin6_addr.s6_addr[12] : nullptr;
    ::inet_ntop(inner ? AF_INET : AF_INET6, inner ? inner : &v6.sin6_addr, text.data(),
                text.size());
  }
  return text.data();
}

std::string bound_address(int socket, int& port) {
  sockaddr_storage address{};
  socklen_t size = sizeof address;
  ::getsockname(socket, reinterpret_cast<sockaddr*>(&address), &size);
  const bool is_v6 = address.ss_family == AF_INET6;
  // Both kinds have the port in one place.
  sockaddr_in v4{};
  std::memcpy(&v4, &address, sizeof v4);
  port = ntohs(v4.sin_port);
  const std::string host = address_text(reinterpret_cast<const sockaddr*>(&address));
  return concat(is_v6 ? "[" : "", host, is_v6 ? "]:" : ":", port);
}

}  // namespace cria::server
