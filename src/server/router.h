#pragma once
// Which function answers which request.

#include <functional>
#include <map>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "server/http/http.h"
#include "server/keys.h"

namespace cria::server {

// A request whose route is known.
struct Call {
  Request& request;
  Responder& responder;
  std::map<std::string, std::string, std::less<>> parts = {};  // of the path, by their names
};

struct Route {
  std::string method, pattern;  // "/v1/models/:model"; "*name" at the end takes slashes too
  Scope scope;
  std::function<void(Call&)> answer;
  bool streams_body = false;
};

class Router {
 public:
  explicit Router(std::vector<Route> routes) : routes_(std::move(routes)) {}

  struct Found {
    const Route* route = nullptr;  // null: none
    std::string allowed = {};      // methods that there are, "" when the path is unknown
    decltype(Call::parts) parts = {};
  };
  // HEAD is GET where there is no HEAD.
  Found find(std::string_view method, std::string_view path) const;

 private:
  std::vector<Route> routes_;
};

}  // namespace cria::server
