#include "server/router.h"

#include <gtest/gtest.h>

namespace cria::server {
namespace {

Router router() {
  std::vector<Route> routes;
  for (const auto& [method, pattern] :
       std::initializer_list<std::pair<const char*, const char*>>{{"GET", "/"},
                                                                  {"GET", "/api/tags"},
                                                                  {"POST", "/api/show"},
                                                                  {"DELETE", "/api/show"},
                                                                  {"HEAD", "/api/blobs/:digest"},
                                                                  {"POST", "/api/blobs/:digest"},
                                                                  {"GET", "/v1/models/*model"}}) {
    routes.push_back({method, pattern, Scope::kNone, {}});
  }
  return Router(std::move(routes));
}

std::string pattern(const Router::Found& found) { return found.route ? found.route->pattern : ""; }

TEST(Router, FindsRoutesByMethodAndPath) {
  const Router routes = router();
  EXPECT_EQ(pattern(routes.find("GET", "/")), "/");
  EXPECT_EQ(pattern(routes.find("GET", "/api/tags")), "/api/tags");
  EXPECT_EQ(routes.find("DELETE", "/api/show").route->method, "DELETE");
  for (const char* path : {"", "/api", "/api/tags/", "/api/tagsx", "//api/tags", "/API/tags",
                           "/api/blobs/", "/api/blobs/a/b", "/v1/models/", "x"}) {
    const auto found = routes.find("GET", path);
    EXPECT_EQ(found.route, nullptr) << path;
    EXPECT_EQ(found.allowed, "") << path;
  }
}

TEST(Router, TellsWhichMethodsThereAre) {
  const auto found = router().find("PUT", "/api/show");
  EXPECT_EQ(found.route, nullptr);
  EXPECT_EQ(found.allowed, "POST, DELETE");
}

TEST(Router, GivesPartsOfThePath) {
  const auto blob = router().find("POST", "/api/blobs/sha256:1");
  EXPECT_EQ(blob.parts.at("digest"), "sha256:1");
  EXPECT_EQ(router().find("GET", "/v1/models/a/b:c").parts.at("model"), "a/b:c");
}

TEST(Router, AnswersHeadAsGetUnlessItIsThere) {
  EXPECT_EQ(router().find("HEAD", "/api/tags").route->method, "GET");
  EXPECT_EQ(router().find("HEAD", "/api/blobs/x").route->method, "HEAD");
  EXPECT_EQ(router().find("HEAD", "/api/show").route, nullptr);
}

}  // namespace
}  // namespace cria::server
