#include "server/metrics.h"

#include <gtest/gtest.h>

namespace cria::server {
namespace {

using namespace std::chrono_literals;

bool has_line(const std::string& text, const std::string& line) {
  return ("\n" + text).find("\n" + line + "\n") != std::string::npos;
}

TEST(Metrics, CountRequestsAndTokens) {
  Metrics metrics;
  metrics.answered("/api/chat", 200, 20ms);
  metrics.answered("/api/chat", 200, 100s);
  metrics.answered("/api/chat", 404, 1ms);
  metrics.worked("a\"b", {.prompt_tokens = 10,
                          .cached_tokens = 4,
                          .generated_tokens = 3,
                          .to_first_token = 30ms,
                          .between_tokens = 5ms});
  metrics.worked("a\"b", {.prompt_tokens = 1});
  const std::string text = metrics.text({{"cria_models_loaded", "Models in memory.", 2}});
  for (const char* line :
       {"# TYPE cria_models_loaded gauge", "cria_models_loaded 2",
        R"(cria_requests_total{route="/api/chat",status="200"} 2)",
        R"(cria_requests_total{route="/api/chat",status="404"} 1)",
        R"(cria_request_seconds_bucket{route="/api/chat",le="0.005"} 1)",
        R"(cria_request_seconds_bucket{route="/api/chat",le="0.025"} 2)",
        R"(cria_request_seconds_bucket{route="/api/chat",le="60"} 2)",
        R"(cria_request_seconds_bucket{route="/api/chat",le="+Inf"} 3)",
        R"(cria_request_seconds_count{route="/api/chat"} 3)",
        R"(cria_prompt_tokens_total{model="a\"b"} 11)",
        R"(cria_cached_tokens_total{model="a\"b"} 4)",
        R"(cria_generated_tokens_total{model="a\"b"} 3)", R"(cria_texts_total{model="a\"b"} 2)",
        R"(cria_time_to_first_token_seconds_count{model="a\"b"} 1)",
        R"(cria_time_per_token_seconds_bucket{model="a\"b",le="0.005"} 1)"}) {
    EXPECT_TRUE(has_line(text, line)) << line << "\n" << text;
  }
}

TEST(Metrics, OfVeryManyModelsAreTogether) {
  Metrics metrics;
  for (int i = 0; i < 300; ++i) metrics.worked(std::to_string(i), {.prompt_tokens = 1});
  EXPECT_TRUE(has_line(metrics.text({}), R"(cria_prompt_tokens_total{model="others"} 100)"));
}

}  // namespace
}  // namespace cria::server
