#include "server/errors.h"
#include "server/native/routes.h"

namespace cria::server::native {
namespace {

Route missing(const char* method, const char* path, Scope scope, const char* why) {
  return {method, path, scope, [why](Call&) { throw StatusError(501, why); }};
}

}  // namespace

std::vector<Route> missing_routes() {
  const char* const kRegistry =
      "this server cannot reach registries yet: store a model with cria create, from a GGUF file "
      "or "
      "a checkpoint";
  const char* const kAccount = "this server has no accounts elsewhere: models run here";
  return {
      missing("POST", "/api/pull", Scope::kManage, kRegistry),
      missing("POST", "/api/push", Scope::kManage, kRegistry),
      missing("POST", "/api/me", Scope::kRead, kAccount),
      missing("POST", "/api/signout", Scope::kManage, kAccount),
      missing("DELETE", "/api/user/keys/:key", Scope::kManage, kAccount),
      missing("GET", "/api/experimental/model-recommendations", Scope::kRead, kAccount),
      missing("POST", "/api/experimental/web_search", Scope::kInference, kAccount),
      missing("POST", "/api/experimental/web_fetch", Scope::kInference, kAccount),
      missing("POST", "/v1/audio/transcriptions", Scope::kInference,
              "no model here can hear: audio is not supported"),
  };
}

}  // namespace cria::server::native
