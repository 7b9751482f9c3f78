#pragma once
// For tests of dialects: a service that notes what it is asked for and answers as it is told to,
// and a client that has a router answer it.

#include <regex>
#include <string>
#include <utility>
#include <vector>

#include "server/errors.h"
#include "server/router.h"
#include "server/service.h"

namespace cria::server::test {

struct FakeService : Service {
  explicit FakeService(std::filesystem::path folder = "no such folder")
      : stored(std::move(folder)) {}

  void generate(Call& call, GenerationRequest request, AnswerWriter& writer, bool stream) override {
    asked = std::move(request);
    for (Outcome& outcome : outcomes) outcome.warnings = asked.warnings;
    Response head = writer.begin();
    if (stream) call.responder.begin(head);
    std::string all;
    const auto tell = [&](const std::string& bytes) {
      if (stream) call.responder.write(bytes);
      all += bytes;
    };
    for (const Event& event : events) tell(writer.add(event));
    for (size_t i = 0; i < outcomes.size(); ++i) {
      tell(writer.add(static_cast<int64_t>(i), outcomes[i]));
    }
    tell(problem.empty() ? writer.end() : writer.fail({500, problem}));
    head.body = all;
    if (stream) {
      call.responder.end();
    } else {
      call.responder.send(head);
    }
  }
  Embeddings embed(Call&, const EmbeddingRequest& request) override {
    embedded = request;
    embeddings.warnings = request.warnings;
    return embeddings;
  }
  Ranking rank(Call&, const RankRequest& request) override {
    ranked = request;
    ranking.warnings = request.warnings;
    return ranking;
  }
  int64_t count_tokens(Call&, const GenerationRequest& request) override {
    asked = request;
    return 42;
  }
  const registry::Store& store() const override { return stored; }

  std::vector<Event> events = {};
  std::vector<Outcome> outcomes = {{}};
  std::string problem = {};  // instead of the end of a stream
  Embeddings embeddings = {};
  Ranking ranking = {};
  GenerationRequest asked = {};
  EmbeddingRequest embedded = {};
  RankRequest ranked = {};
  registry::Store stored;
};

class Recorder : public Responder {
 public:
  void send(Response response) override { answer = std::move(response); }
  void begin(Response head) override {
    answer = std::move(head);
    has_begun_ = true;
  }
  bool write(std::string_view bytes) override {
    answer.body += bytes;
    return true;
  }
  void end() override {}
  bool has_begun() const override { return has_begun_; }
  void when_gone(std::function<void()>) override {}

  Response answer = {};

 private:
  bool has_begun_ = false;
};

// What the routes answer, errors included.
inline Response ask(std::vector<Route> routes, const std::string& method, const std::string& path,
                    const std::string& body = "") {
  const Router router(std::move(routes));
  const Router::Found found = router.find(method, path);
  if (!found.route) return {.status = found.allowed.empty() ? 404 : 405};
  Request request{.method = method, .path = path, .headers = {}, .query = {}, .peer = "test"};
  request.body = body;
  Recorder recorder;
  Call call{request, recorder, found.parts};
  try {
    found.route->answer(call);
  } catch (const std::exception& error) {
    return error_response(dialect_of(path), problem_of(error));
  }
  return recorder.answer;
}

// Names of answers and times become "ID" and 0.
inline std::string without_ids(const std::string& text) {
  const std::regex id("(chatcmpl|cmpl|msg|resp|rs|fc)_?-?[0-9a-f]{24}");
  const std::regex time(R"re("(created|created_at|completed_at)":[0-9]+)re");
  return std::regex_replace(std::regex_replace(text, id, "$1-ID"), time, "\"$1\":0");
}

}  // namespace cria::server::test
