// Any bytes are taken as a Go template: refused, or run on data and on a conversation, within its
// limits.
#include <cstddef>
#include <cstdint>
#include <string>

#include "fuzz/run_template.h"
#include "template/go/chat_template.h"

namespace {

using cria::chat::Data;
using cria::fuzz::attempt;
using cria::fuzz::check_parts;

const cria::go::ExecuteOptions kOptions{.limits = {.steps = 20'000, .bytes = 1 << 20, .depth = 200},
                                        .now = 0};

const Data kData = Data::Object{{"s", "a<\xc3\xa9\xff"},
                                {"n", 3},
                                {"f", 1.5},
                                {"t", true},
                                {"nil", {}},
                                {"l", Data::List{1, "b", nullptr, Data::List{2}}},
                                {"e", Data::List{}},
                                {"m", Data::Object{{"b", 1}, {"a", Data::Object{{"c", "d"}}}}}};

cria::chat::Conversation conversation() {
  cria::chat::Message call{.role = "assistant", .content = "c", .thinking = "t"};
  call.tool_calls = {{"id", 0, "f", Data::Object{{"x", 1}}}};
  const Data tools = Data::List{Data::Object{
      {"type", "function"},
      {"function",
       Data::Object{{"name", "f"},
                    {"parameters",
                     Data::Object{{"properties",
                                   Data::Object{{"x", Data::Object{{"type", "integer"}}}}}}}}}}};
  return {{{"system", "s"}, {"user", "u"}, {"user", "v"}, call, {"tool", "1"}, {"user", "w"}},
          tools,
          cria::chat::Thinking{true, "high"}};
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  const std::string source(reinterpret_cast<const char*>(data), size);
  attempt([&] {
    check_parts(cria::go::Template("t", source).execute(cria::go::value_of(kData), kOptions));
  });
  attempt(
      [&] { check_parts(cria::go::ChatTemplate("t", source).render(conversation(), {.now = 0})); });
  return 0;
}
