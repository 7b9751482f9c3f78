#include "server/openai/test_requests.h"

namespace cria::server::openai {
namespace {

using test::FakeService;

Response ask(FakeService& service, const std::string& path, const std::string& fields) {
  return test::ask(routes(service), "POST", path, test::body_with(fields));
}

TEST(EmbeddingsOfV1, AreFloatsOrBase64) {
  FakeService service;
  service.embeddings = {.vectors = {{1, -0.5f}, {0, 2}}, .tokens = 5};
  EXPECT_EQ(ask(service, "/v1/embeddings", R"("input":["a","b"],"user":"u")").body,
            R"({"object":"list","data":[{"object":"embedding","index":0,"embedding":[1.0,-0.5]},)"
            R"({"object":"embedding","index":1,"embedding":[0.0,2.0]}],"model":"m",)"
            R"("usage":{"prompt_tokens":5,"total_tokens":5}})");
  const Response base64 = ask(service, "/v1/embeddings",
                              R"("input":[[1,2],[3]],"encoding_format":"base64","dimensions":2,
                                 "num_ctx":8,"keep_alive":0,"truncate":false,"x":1)");
  // 00 00 80 3f  00 00 00 bf
  EXPECT_NE(base64.body.find(R"("embedding":"AACAPwAAAL8=")"), std::string::npos) << base64.body;
  EXPECT_NE(base64.body.find(R"("warnings":["unknown field \"x\""])"), std::string::npos);
  EXPECT_EQ(service.embedded.inputs[0].ids, (std::vector<int32_t>{1, 2}));
  EXPECT_EQ(service.embedded.dimensions, 2);
  EXPECT_FALSE(service.embedded.truncate);
  EXPECT_EQ(service.embedded.options, (Options{{"num_ctx", "8"}}));
  EXPECT_TRUE(service.embedded.keep_alive);
  EXPECT_EQ(test::refusal("/v1/embeddings", R"("input":"a","encoding_format":"int8")"),
            R"(encoding_format is "int8", expected "float" or "base64")");
  EXPECT_EQ(test::refusal("/v1/embeddings", R"("input":[])"),
            "input is an array, expected no empty list");
}

TEST(Rerank, OrdersDocuments) {
  FakeService service;
  service.ranking = {.scores = {0.25f, 0.75f, 0.5f}, .tokens = 9};
  const std::string fields = R"("query":"q","documents":["a",{"text":"b"},"c"])";
  EXPECT_EQ(ask(service, "/v1/rerank", fields + R"(,"top_n":2)").body,
            R"({"model":"m","object":"list","results":[)"
            R"({"index":1,"relevance_score":0.75,"document":{"text":"b"}},)"
            R"({"index":2,"relevance_score":0.5,"document":{"text":"c"}}],)"
            R"("usage":{"prompt_tokens":9,"total_tokens":9}})");
  EXPECT_EQ(service.ranked.query, "q");
  EXPECT_EQ(service.ranked.documents, (std::vector<std::string>{"a", "b", "c"}));
  const std::string bare = ask(service, "/v1/rerank", fields + R"(,"return_documents":false)").body;
  EXPECT_EQ(bare.find("document\""), std::string::npos) << bare;
  EXPECT_EQ(test::refusal("/v1/rerank", R"("query":"q","documents":[])"),
            "documents is an array, expected no empty list");
  EXPECT_EQ(test::refusal("/v1/rerank", R"("documents":["a"])"), "query is required");
}

}  // namespace
}  // namespace cria::server::openai
