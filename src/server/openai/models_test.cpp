#include <filesystem>
#include <fstream>

#include "server/openai/test_requests.h"
#include "tests/support/temporary_folder.h"

namespace cria::server::openai {
namespace {

namespace fs = std::filesystem;
using test::FakeService;

TEST(ModelsOfV1, AreThoseOfTheStore) {
  const cria::test::TemporaryFolder folder;
  const fs::path store(folder.path());
  for (const char* name : {"registry.ollama.ai/library/tiny/latest", "hf.co/me/new/q8"}) {
    const fs::path file = store / "manifests" / name;
    fs::create_directories(file.parent_path());
    std::ofstream(file) << R"({"schemaVersion":2,"layers":[]})";
  }
  FakeService service(store);
  const auto get = [&](const std::string& path) { return test::ask(routes(service), "GET", path); };
  const auto list = nlohmann::ordered_json::parse(get("/v1/models").body);
  EXPECT_EQ(list["object"], "list");
  ASSERT_EQ(list["data"].size(), 2u);
  EXPECT_GT(list["data"][0]["created"], 1'700'000'000);
  EXPECT_EQ(test::without_ids(get("/v1/models/hf.co/me/new:q8").body),
            R"({"id":"hf.co/me/new:q8","object":"model","created":0,"owned_by":"me"})");
  EXPECT_EQ(test::without_ids(get("/v1/models/tiny").body),
            R"({"id":"tiny:latest","object":"model","created":0,"owned_by":"library"})");
  const Response unknown = get("/v1/models/huge:70b");
  EXPECT_EQ(unknown.status, 404);
  EXPECT_NE(unknown.body.find(R"("type":"not_found_error")"), std::string::npos) << unknown.body;
  EXPECT_EQ(get("/v1/models/a:b:c").status, 400);
}

}  // namespace
}  // namespace cria::server::openai
