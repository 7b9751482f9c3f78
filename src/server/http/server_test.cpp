#include "server/http/server.h"

#include <gtest/gtest.h>

#include <atomic>
#include <future>
#include <thread>

#include "base/error.h"
#include "server/http/test_client.h"

namespace cria::server {
namespace {

using test::ask;
using test::Client;
using test::get;
using test::post;
using namespace std::chrono_literals;

Admission admit_all(const Request&) { return {}; }

void echo(Request& request, Responder& responder) {
  std::string text = request.method + " " + request.path;
  for (const Field& field : request.query) text += " " + field.name + "=" + field.value;
  responder.send({.body = text + " " + request.body, .type = "text/plain"});
}

bool ends_with(const std::string& text, std::string_view end) { return text.ends_with(end); }

TEST(HttpServer, HandsRequestsToTheHandler) {
  const HttpServer server({}, admit_all, echo);
  EXPECT_PRED2(ends_with, ask(server.port(), get("/a%20b?c=d&e")), "\r\n\r\nGET /a b c=d e= ");
  const std::string answer = ask(server.port(), post("/x", "body"));
  EXPECT_PRED2(ends_with, answer, "\r\n\r\nPOST /x body");
  EXPECT_TRUE(answer.starts_with("HTTP/1.1 200 OK\r\n"));
  EXPECT_NE(answer.find("Content-Type: text/plain\r\n"), std::string::npos);
  EXPECT_EQ(server.address(), concat("127.0.0.1:", server.port()));
}

TEST(HttpServer, KeepsConnections) {
  const HttpServer server({}, admit_all, echo);
  const Client client(server.port());
  for (int i = 0; i < 3; ++i) {
    client.say(post("/x", std::to_string(i), ""));
    EXPECT_PRED2(ends_with, client.hear_until(concat("POST /x ", i)), concat("POST /x ", i));
  }
  // Two that come at once.
  client.say(post("/x", "4", "") + post("/x", "5", ""));
  EXPECT_NE(client.hear_until("POST /x 5").find("POST /x 4"), std::string::npos);
}

TEST(HttpServer, StreamsWhatIsWritten) {
  std::promise<void> heard;
  const HttpServer server({}, admit_all, [&](Request&, Responder& responder) {
    responder.begin({.body = "one\n", .type = "application/x-ndjson"});
    heard.get_future().wait();
    EXPECT_TRUE(responder.write("two\n"));
    responder.end();
  });
  const Client client(server.port());
  client.say(get("/"));
  client.hear_until("one\n");  // before there is more
  heard.set_value();
  EXPECT_NE(client.hear_all().find("two\n"), std::string::npos);
}

TEST(HttpServer, TellsHandlersWhenTheClientGoesAway) {
  std::promise<void> waiting, gone;
  const HttpServer server({}, admit_all, [&](Request&, Responder& responder) {
    responder.when_gone([&] { gone.set_value(); });
    waiting.set_value();
    gone.get_future().wait();
    responder.begin({});
    EXPECT_FALSE(responder.write("x"));
    responder.end();
  });
  Client client(server.port());
  client.say(get("/"));
  waiting.get_future().wait();
  client.close();  // or the handler waits for ever
}

TEST(HttpServer, WaitsForSlowReadersAndNoticesTheirEnd) {
  std::promise<bool> ended;
  const HttpServer server({}, admit_all, [&](Request&, Responder& responder) {
    responder.begin({});
    const std::string piece(1 << 16, 'x');
    bool there = true;
    int64_t written = 0;
    for (; there && written < (1 << 28); written += 1 << 16) there = responder.write(piece);
    responder.end();
    ended.set_value(there);
  });
  Client client(server.port());
  client.say(get("/"));
  client.hear_until("xxx");
  auto result = ended.get_future();
  EXPECT_EQ(result.wait_for(200ms), std::future_status::timeout);  // far fewer than 256 MB are sent
  client.close();
  EXPECT_FALSE(result.get());
}

TEST(HttpServer, RefusesBodiesThatAreTooLarge) {
  const HttpServer server({.most_body_bytes = 100}, admit_all, echo);
  EXPECT_TRUE(ask(server.port(), post("/", std::string(101, 'x'))).starts_with("HTTP/1.1 413 "));
  EXPECT_TRUE(ask(server.port(), post("/", std::string(100, 'x'))).starts_with("HTTP/1.1 200 "));
  // Of one whose size nobody says, once it has ended; but one without end is cut.
  const std::string head = "POST / HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n";
  const std::string chunk = "65\r\n" + std::string(101, 'x') + "\r\n";
  const Client client(server.port());
  client.say(head + chunk + "0\r\n\r\n");
  EXPECT_TRUE(client.hear_until("bytes\n").starts_with("HTTP/1.1 413 "));
  client.say(post("/", "x"));
  EXPECT_PRED2(ends_with, client.hear_all(), "POST / x");
  const Client endless(server.port());
  endless.say(head);
  bool cut = false;
  for (int i = 0; i < 1000000 && !cut; ++i) cut = !endless.say(chunk);
  EXPECT_TRUE(cut);
}

TEST(HttpServer, RefusesBeforeTheBodyComes) {
  std::atomic<int> handled = 0;
  const HttpServer server(
      {},
      [](const Request& request) -> Admission {
        if (request.header("x-key") == "secret") return {};
        return {.refusal = Response{.status = 401, .body = "no"}};
      },
      [&](Request&, Responder& responder) {
        ++handled;
        responder.send({});
      });
  const Client client(server.port());
  client.say("POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 1000000\r\n\r\n");
  EXPECT_TRUE(client.hear_until("\r\n\r\n").starts_with("HTTP/1.1 401 "));
  EXPECT_EQ(handled, 0);
  EXPECT_TRUE(ask(server.port(), post("/", "x", "X-KEY: secret\r\nConnection: close\r\n"))
                  .starts_with("HTTP/1.1 200 "));
}

TEST(HttpServer, RefusesBodiesOfTwoLengths) {
  const HttpServer server({}, admit_all, echo);
  const std::string inner = get("/inner");
  for (const char* lengths : {"Content-Length: 2\r\nContent-Length: 90\r\n",
                              "Content-Length: 2\r\nTransfer-Encoding: chunked\r\n",
                              "transfer-encoding: chunked\r\ncontent-length: 0\r\n"}) {
    const std::string head = concat("POST / HTTP/1.1\r\nHost: x\r\n", lengths, "\r\n");
    for (const std::string& body : {"{}" + inner, "0\r\n\r\n" + inner}) {
      const std::string answer = ask(server.port(), head + body);
      EXPECT_TRUE(answer.starts_with("HTTP/1.1 400 ")) << lengths;
      EXPECT_EQ(answer.find("GET /inner"), std::string::npos) << lengths;
    }
  }
}

TEST(HttpServer, StreamsBodiesThatAreLargerThanMemoryAllows) {
  const HttpServer server(
      {.most_body_bytes = 100}, [](const Request&) { return Admission{.streams_body = true}; },
      [](Request& request, Responder& responder) {
        std::string piece(100000, 0);
        size_t size = 0, sum = 0;
        while (const size_t count = request.stream->read(piece)) {
          size += count;
          for (const char c : std::string_view(piece).substr(0, count))
            sum += static_cast<size_t>(c);
        }
        responder.send({.body = concat(size, ' ', sum)});
      });
  constexpr size_t kSize = size_t{20} << 20;
  EXPECT_PRED2(ends_with, ask(server.port(), post("/", std::string(kSize, 3))),
               concat("\r\n\r\n", kSize, ' ', kSize * 3));
}

TEST(HttpServer, ReadsPastABodyThatIsNotWanted) {
  const HttpServer server(
      {}, [](const Request&) { return Admission{.streams_body = true}; },
      [](Request& request, Responder& responder) { responder.send({.body = request.path}); });
  const Client client(server.port());
  for (const char* path : {"/a", "/b"}) {
    client.say(post(path, std::string(size_t{3} << 20, 'x'), ""));
    EXPECT_PRED2(ends_with, client.hear_until(path), concat("\r\n\r\n", path));
  }
}

TEST(HttpServer, TellsReadersOfABodyThatItWasCutShort) {
  std::promise<Error::Code> code;
  const HttpServer server(
      {}, [](const Request&) { return Admission{.streams_body = true}; },
      [&](Request& request, Responder& responder) {
        std::string piece(100, 0);
        try {
          while (request.stream->read(piece) > 0) continue;
        } catch (const Error& error) {
          code.set_value(error.code());
        }
        responder.send({.status = 400});
      });
  Client client(server.port());
  client.say("POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 1000\r\n\r\nabc");
  client.close();
  EXPECT_EQ(code.get_future().get(), Error::Code::kCancelled);
}

TEST(HttpServer, CutsWhoeverTakesTooLongToAsk) {
  const HttpServer server({.head_timeout = 1s, .least_body_rate = 1000}, admit_all, echo);
  const Client silent(server.port()), trickling(server.port()), slow(server.port());
  slow.say("POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 1000000\r\n\r\n");
  const auto begin = std::chrono::steady_clock::now();
  bool cut = false;
  while (!cut && std::chrono::steady_clock::now() - begin < 20s) {
    cut = !trickling.say("x");
    slow.say("y");
    std::this_thread::sleep_for(50ms);
  }
  EXPECT_TRUE(cut);
  EXPECT_EQ(silent.hear(), "");
  slow.hear_all();  // or waits until the end of its patience
  EXPECT_LT(std::chrono::steady_clock::now() - begin, 20s);
}

TEST(HttpServer, ServesOthersWhileManyConnectionsAreIdle) {
  const HttpServer server({}, admit_all, echo);
  std::vector<std::unique_ptr<Client>> idle;
  for (int i = 0; i < 300; ++i) {
    idle.push_back(std::make_unique<Client>(server.port()));
    idle.back()->say("GET / HT");
  }
  EXPECT_PRED2(ends_with, ask(server.port(), get("/x")), "GET /x ");
}

TEST(HttpServer, SaysWhenItIsBusy) {
  std::promise<void> inside, go_on;
  auto may_go_on = go_on.get_future();
  const HttpServer server(
      {.most_requests = 1}, admit_all,
      [&](Request&, Responder& responder) {
        inside.set_value();
        may_go_on.wait();
        responder.send({});
      },
      [](const Request& request, int status, const std::string& why) {
        return Response{.status = status, .body = request.path + ": " + why};
      });
  const Client first(server.port());
  first.say(get("/"));
  inside.get_future().wait();
  const std::string answer = ask(server.port(), get("/x"));
  EXPECT_TRUE(answer.starts_with("HTTP/1.1 503 "));
  EXPECT_NE(answer.find("\r\n\r\n/x: server busy"), std::string::npos);
  go_on.set_value();
  EXPECT_TRUE(first.hear_all().starts_with("HTTP/1.1 200 "));
}

TEST(HttpServer, EndsWhileRequestsAreAnswered) {
  auto server =
      std::make_unique<HttpServer>(ListenOptions{}, admit_all, [](Request&, Responder& responder) {
        std::promise<void> gone;
        responder.when_gone([&] { gone.set_value(); });
        gone.get_future().wait();
        responder.begin({});
        EXPECT_FALSE(responder.write("x"));
        responder.end();
      });
  std::vector<std::unique_ptr<Client>> clients;
  for (int i = 0; i < 20; ++i) {
    clients.push_back(std::make_unique<Client>(server->port()));
    clients.back()->say(get("/"));
  }
  std::this_thread::sleep_for(50ms);  // some have got to their handlers, others need not have
  server.reset();
}

TEST(HttpServer, SaysThatAPortIsTaken) {
  const HttpServer first({}, admit_all, echo);
  try {
    const HttpServer second({.port = first.port()}, admit_all, echo);
    FAIL() << "two servers at one port";
  } catch (const Error& error) {
    EXPECT_EQ(error.code(), Error::Code::kUnsupported);
    EXPECT_NE(std::string(error.what()).find("in use"), std::string::npos);
  }
  EXPECT_THROW(HttpServer({.host = "203.0.113.7"}, admit_all, echo), Error);
  EXPECT_THROW(HttpServer({.host = "no such host."}, admit_all, echo), Error);
  EXPECT_THROW(HttpServer({.certificate = "x", .key = "y"}, admit_all, echo), Error);
}

}  // namespace
}  // namespace cria::server
