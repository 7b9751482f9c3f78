// Any bytes are taken as a Jinja template: refused, or run on data within its limits, and asked
// what it takes.
#include <cstddef>
#include <cstdint>
#include <string_view>

#include "fuzz/run_template.h"
#include "template/jinja/chat_template.h"

namespace {

using cria::chat::Data;
using cria::fuzz::attempt;
using cria::fuzz::check_parts;

const cria::jinja::RunOptions kOptions{.limits = {.steps = 20'000, .bytes = 1 << 20, .depth = 200},
                                       .now = 0};

const Data kCall = Data::Object{
    {"type", "function"},
    {"id", "1"},
    {"function", Data::Object{{"name", "f"}, {"arguments", Data::Object{{"x", 1.5}}}}}};

const Data kData = Data::Object{
    {"messages",
     Data::List{
         Data::Object{{"role", "system"}, {"content", "s<\xc3\xa9\xff"}},
         Data::Object{{"role", "user"}, {"content", "u"}},
         Data::Object{{"role", "assistant"},
                      {"content", "<think>\nt\n</think>\n\nc"},
                      {"tool_calls", Data::List{kCall}}},
         Data::Object{{"role", "user"},
                      {"content", Data::List{Data::Object{{"type", "text"}, {"text", "v"}}}}}}},
    {"tools", Data::List{kCall}},
    {"add_generation_prompt", true},
    {"bos_token", "<s>"},
    {"n", 3},
    {"f", -0.5},
    {"l", Data::List{3, 1, 2, nullptr, "b"}}};

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  const std::string_view source(reinterpret_cast<const char*>(data), size);
  attempt([&] { check_parts(cria::jinja::Template("t", source).run(kData, kOptions)); });
  attempt([&] { cria::jinja::ChatTemplate("t", source).thinks(); });
  return 0;
}
