#include "client/client.h"

#include <gtest/gtest.h>

#include <atomic>
#include <thread>

#include "server/http/server.h"
#include "tests/support/expect_error.h"
#include "tests/support/temporary_folder.h"

namespace cria::client {
namespace {

using server::HttpServer;
using server::Responder;
using test::expect_error;
using Code = Error::Code;

Client client_of(const HttpServer& server, const std::string& key = "") {
  return {settings::parse_address(server.address()), key};
}

HttpServer serve(HttpServer::Handler handler) {
  return HttpServer(
      {}, [](const server::Request&) { return server::Admission{}; }, std::move(handler));
}

// Streams these pieces, whatever is asked.
HttpServer::Handler stream_of(std::vector<std::string> pieces) {
  return [pieces = std::move(pieces)](server::Request&, Responder& responder) {
    responder.begin({.body = "", .type = "application/x-ndjson"});
    for (const std::string& piece : pieces) responder.write(piece);
    responder.end();
  };
}

std::string texts_of(const HttpServer& server) {
  std::string texts;
  client_of(server).stream("/x", Json::object(), [&](const Json& line) {
    texts += line.value("t", "?") + ";";
    return true;
  });
  return texts;
}

TEST(Client, PostsAndGetsObjects) {
  const HttpServer server = serve([](server::Request& request, Responder& responder) {
    const Json said{{"path", request.path}, {"body", request.body}};
    responder.send({.body = said.dump()});
  });
  Client client = client_of(server);
  EXPECT_EQ(client.post("/x", {{"a", 1}}), (Json{{"path", "/x"}, {"body", "{\"a\":1}"}}));
  EXPECT_EQ(client.get("/y"), (Json{{"path", "/y"}, {"body", ""}}));
}

TEST(Client, RemovesAndAsksWhetherSomethingIsThere) {
  const HttpServer server = serve([](server::Request& request, Responder& responder) {
    const bool is_there = request.method == "DELETE" || request.path == "/there";
    responder.send({.status = is_there ? 200 : 404,
                    .body = Json({{"method", request.method}, {"body", request.body}}).dump()});
  });
  Client client = client_of(server);
  EXPECT_EQ(client.remove("/x", {{"a", 1}}), (Json{{"method", "DELETE"}, {"body", "{\"a\":1}"}}));
  EXPECT_TRUE(client.has("/there"));
  EXPECT_FALSE(client.has("/elsewhere"));
}

TEST(Client, SendsFiles) {
  const test::TemporaryFolder folder;
  std::string content;
  for (int i = 0; i < 300000; ++i) content += static_cast<char>(i % 251);
  folder.write("file", content);
  std::string received;
  const HttpServer server = serve([&](server::Request& request, Responder& responder) {
    received = request.method + request.body;
    responder.send({.status = 201, .body = ""});
  });
  uint64_t told = 0;
  client_of(server).upload("/x", folder.file("file"), [&](uint64_t done, uint64_t total) {
    EXPECT_EQ(total, content.size());
    told = done;
    return true;
  });
  EXPECT_EQ(received, "POST" + content);
  EXPECT_EQ(told, content.size());
  expect_error(
      [&] {
        client_of(server).upload("/x", folder.file("file"),
                                 [](uint64_t, uint64_t) { return false; });
      },
      Code::kCancelled, {"cancelled"});
}

TEST(Client, ReadsLinesInWhateverPiecesTheyCome) {
  EXPECT_EQ(texts_of(serve(stream_of({"{\"t\":\"a\"}\n{\"t\"", ":\"b\"}", "\n\n{\"t\":\"c\"}"}))),
            "a;b;c;");
}

TEST(Client, TellsWhatTheServerSays) {
  const HttpServer server = serve([](server::Request&, Responder& responder) {
    responder.send({.status = 404, .body = R"({"error":"not here"})"});
  });
  try {
    client_of(server).get("/x");
    ADD_FAILURE() << "no error";
  } catch (const ServerError& error) {
    EXPECT_EQ(error.status, 404);
    EXPECT_EQ(error.code(), Code::kNotFound);
    EXPECT_STREQ(error.what(), "not here");
  }
  const HttpServer late = serve(stream_of({"{\"t\":\"a\"}\n{\"error\":\"it hurts\"}\n"}));
  expect_error([&] { texts_of(late); }, Code::kInternal, {"it hurts"});
}

TEST(Client, RefusesLinesThatAreNoObjects) {
  for (const char* line : {"{", "[]", "\"text\"", "{} {}"}) {
    const HttpServer server = serve(stream_of({line}));
    expect_error([&] { texts_of(server); }, Code::kCorrupt, {"expected a JSON object"});
  }
}

TEST(Client, SaysWhatToDoWithoutAServer) {
  Client client(settings::parse_address("127.0.0.1:1"), "");
  EXPECT_EQ(client.version(), std::nullopt);
  EXPECT_THROW(client.get("/x"), NoServer);
  expect_error([&] { client.get("/x"); }, Code::kNotFound, {"127.0.0.1:1", "cria serve"});
}

TEST(Client, ClosesTheConnectionWhenItIsStopped) {
  std::atomic<bool> went_away = false;
  {
    const HttpServer server = serve([&](server::Request&, Responder& responder) {
      responder.begin({.body = "{\"t\":\"a\"}\n", .type = "application/x-ndjson"});
      while (responder.write("{}\n")) std::this_thread::yield();
      went_away = true;
    });
    std::stop_source stop;
    int64_t lines = 0;
    const auto count = [&](const Json&) {
      if (++lines == 3) stop.request_stop();
      return true;
    };
    EXPECT_FALSE(client_of(server).stream("/x", Json::object(), count, stop.get_token()));
    EXPECT_FALSE(client_of(server).stream("/x", Json::object(), [](const Json&) { return false; }));
  }
  EXPECT_TRUE(went_away);
}

TEST(Client, StopsWaitingForAnAnswer) {
  std::stop_source stop;
  const HttpServer server = serve([&](server::Request&, Responder& responder) {
    responder.begin({.body = "{", .type = "application/json"});
    stop.request_stop();
    while (responder.write(" ")) std::this_thread::yield();
  });
  expect_error([&] { client_of(server).post("/x", Json::object(), stop.get_token()); },
               Code::kCancelled, {"interrupted"});
}

TEST(Client, HandsOnWhatTheReceiverThrows) {
  const HttpServer server = serve(stream_of({"{}\n"}));
  EXPECT_THROW(client_of(server).stream("/x", Json::object(),
                                        [](const Json&) -> bool { throw std::bad_alloc(); }),
               std::bad_alloc);
}

}  // namespace
}  // namespace cria::client
