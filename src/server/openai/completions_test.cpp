#include "server/openai/test_requests.h"

namespace cria::server::openai {
namespace {

using test::FakeService;
constexpr const char* kPath = "/v1/completions";

GenerationRequest asked(const std::string& fields) { return test::asked(kPath, fields); }
std::string refusal(const std::string& fields) { return test::refusal(kPath, fields); }

TEST(Completions, TakePromptsInFourForms) {
  const CompletionRequest one = asked(R"("prompt":"a","suffix":"z")").completion;
  ASSERT_EQ(one.prompts.size(), 1u);
  EXPECT_EQ(one.prompts[0].text, "a");
  EXPECT_EQ(one.suffix, "z");
  EXPECT_FALSE(one.raw);
  EXPECT_TRUE(asked(R"("prompt":"a","raw":true)").completion.raw);
  EXPECT_EQ(asked(R"("prompt":["a","b"])").completion.prompts[1].text, "b");
  const CompletionRequest ids = asked(R"("prompt":[1,2])").completion;
  EXPECT_EQ(ids.prompts[0].ids, (std::vector<int32_t>{1, 2}));
  EXPECT_TRUE(ids.raw);
  EXPECT_EQ(asked(R"("prompt":[[1],[2,3]])").completion.prompts[1].ids,
            (std::vector<int32_t>{2, 3}));
  EXPECT_FALSE(asked(R"("prompt":"a")").chat);
  EXPECT_EQ(refusal(R"("n":1)"), "prompt is required");
  for (const char* wrong : {"7", "[]", "[[]]", "[1,\"a\"]", "[\"a\",1]", "[-1]", "[[1],\"a\"]",
                            "[3000000000]", "[1.5]", "{}"}) {
    EXPECT_EQ(refusal(std::string(R"("prompt":)") + wrong).substr(0, 10), "prompt is ") << wrong;
  }
}

TEST(Completions, PassOptionsOn) {
  const GenerationRequest request = asked(
      R"("prompt":"a","n":2,"best_of":2,"logprobs":5,"max_tokens":3,"temperature":0,"stop":"x")");
  EXPECT_EQ(request.choices, 2);
  EXPECT_TRUE(request.logprobs);
  EXPECT_EQ(request.top_logprobs, 5);
  EXPECT_EQ(test::value(request, "num_predict"), "3");
  EXPECT_EQ(test::value(request, "temperature"), "0.0");
  EXPECT_EQ(test::value(asked(R"("prompt":"a")"), "temperature"), "1");
  EXPECT_FALSE(asked(R"("prompt":"a")").logprobs);
  EXPECT_TRUE(asked(R"("prompt":"a","logprobs":0)").logprobs);
  EXPECT_EQ(refusal(R"("prompt":"a","best_of":3)"), "best_of is 3, expected as many as n, 1");
  EXPECT_EQ(refusal(R"("prompt":"a","logprobs":6)"), "logprobs is 6, expected one from 0 to 5");
  EXPECT_EQ(refusal(R"("prompt":[1],"echo":true)"),
            "echo is true, expected false with a prompt of ids");
  EXPECT_EQ(refusal(R"("prompt":"a","echo":true,"logprobs":1)"),
            "echo is true, expected false with logprobs, which a prompt has none of");
}

TEST(Completions, AnswerEachPrompt) {
  FakeService service;
  service.events = {{{.text = "1"}, 0}, {{.text = "2"}, 1}};
  service.outcomes = {{.prompt_tokens = 1, .generated_tokens = 1},
                      {.reason = Reason::kLength, .prompt_tokens = 2, .generated_tokens = 1}};
  const std::string body = test::body_with(R"("prompt":["a","b"],"echo":true)");
  EXPECT_EQ(test::without_ids(test::ask(routes(service), "POST", kPath, body).body),
            R"({"id":"cmpl-ID","object":"text_completion","created":0,"model":"m",)"
            R"("system_fingerprint":"fp_cria","choices":[)"
            R"({"index":0,"text":"a1","finish_reason":"stop","logprobs":null},)"
            R"({"index":1,"text":"b2","finish_reason":"length","logprobs":null}],"usage":)"
            R"({"prompt_tokens":3,"completion_tokens":2,"total_tokens":5,"prompt_tokens_details":)"
            R"({"cached_tokens":0}}})");
}

}  // namespace
}  // namespace cria::server::openai
