#pragma once
// What every request passes first: whom it asks for, what page it comes from, whether there is such
// a route, and whether its key is good for it. And what every answer says to browsers.

#include <string>
#include <vector>

#include "server/hosts.h"
#include "server/http/server.h"
#include "server/keys.h"
#include "server/router.h"

namespace cria::server {

class Gate {
 public:
  Gate(AllowedHosts hosts, AllowedOrigins origins, Keys keys, const Router& router);

  Admission admit(const Request& request) const;
  // In the dialect that is asked in, and such that pages which may ask can read it.
  Response refuse(const Request& request, int status, const std::string& why) const;
  // For answers to a request that was let in.
  std::vector<Field> headers_for(const Request& request) const;

 private:
  Response preflight(const Request& request) const;

  const AllowedHosts hosts_;
  const AllowedOrigins origins_;
  const Keys keys_;
  const Router& router_;
};

}  // namespace cria::server
