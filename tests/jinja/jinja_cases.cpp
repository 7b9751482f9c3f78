// Renders Jinja templates of standard input, for scripts/check_jinja: a line of JSON for each,
// {"template": TEXT, "data": OBJECT}, is answered by a line, {"text": TEXT} or {"error": TEXT}.
#include <cstdlib>
#include <iostream>
#include <nlohmann/json.hpp>
#include <string>

#include "base/error.h"
#include "template/jinja/template.h"
#include "template/jinja/test_json.h"

namespace {

using Json = nlohmann::ordered_json;
using cria::jinja::data_of;

Json answer(const Json& question) {
  const char* now = std::getenv("CRIA_NOW");  // seconds since 1970
  try {
    const cria::jinja::Template parsed("case", question["template"].get<std::string>());
    std::string text;
    for (const cria::chat::Part& part :
         parsed.run(data_of(question["data"]), {.now = now ? std::atoll(now) : 0})) {
      text += part.text;
    }
    return {{"text", text}};
  } catch (const cria::Error& error) {
    return {{"error", error.what()},
            {"unsupported", error.code() == cria::Error::Code::kUnsupported}};
  }
}

}  // namespace

int main() {
  for (std::string line; std::getline(std::cin, line);) {
    std::cout << answer(Json::parse(line)).dump(-1, ' ', false, Json::error_handler_t::replace)
              << "\n";
  }
  return 0;
}
