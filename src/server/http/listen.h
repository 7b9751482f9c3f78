#pragma once
// Sockets that listen, and addresses as text.

#include <sys/socket.h>

#include <string>

#include "base/files.h"

namespace cria::server {

// The host is an address, or a name that is one of this machine; port 0 is any that is free.
// InvalidArgument: there is no such address here; Unsupported: it is taken.
FileDescriptor listen_at(const std::string& host, int port);

// "127.0.0.1:11434", "[::1]:11434"
std::string bound_address(int socket, int& port);

// Without the port: "127.0.0.1", "::1"; of IPv4 in IPv6 the former.
std::string address_text(const sockaddr* address);

}  // namespace cria::server
