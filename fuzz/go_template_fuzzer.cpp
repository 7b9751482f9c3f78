// Any bytes are taken as a Go template: refused, or run on data and on a conversation, within its
// limits. What a run gives has no empty parts, and no two neighbours of one kind.
#include <cstddef>
#include <cstdint>
#include <string>

#include "base/error.h"
#include "template/go/chat_template.h"

namespace {

using cria::chat::Data;

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

void check(const std::vector<cria::chat::Part>& parts) {
  for (size_t i = 0; i < parts.size(); ++i) {
    CRIA_CHECK(!parts[i].text.empty());
    CRIA_CHECK(i == 0 || parts[i].special != parts[i - 1].special);
  }
}

template <class Run>
void attempt(const Run& run) {
  try {
    run();
  } catch (const cria::Error& error) {
    CRIA_CHECK(error.code() == cria::Error::Code::kInvalidArgument ||
               error.code() == cria::Error::Code::kUnsupported);
  }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  const std::string source(reinterpret_cast<const char*>(data), size);
  attempt(
      [&] { check(cria::go::Template("t", source).execute(cria::go::value_of(kData), kOptions)); });
  attempt([&] { check(cria::go::ChatTemplate("t", source).render(conversation(), kOptions)); });
  return 0;
}
