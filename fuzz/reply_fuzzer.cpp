// Any bytes are taken as what a model writes, in a format that the first byte chooses: parted whole
// and byte by byte it is the same, calls that end have begun, and what is no call is not lost.
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string>
#include <vector>

#include "template/reply/known_formats.h"
#include "template/reply/reply_parser.h"

namespace {

using namespace cria::chat;
using Kind = ReplyEvent::Kind;

constexpr const char* kParsers[] = {"qwen3",   "qwen3-coder", "ministral",     "deepseek3.1",
                                    "glm-4.6", "lfm2",        "functiongemma", "gemma4",
                                    "harmony", "cohere",      "olmo3-think",   "passthrough"};
// Formats that no parser's name stands for, by what shows them.
constexpr const char* kSigns[] = {"<|tool_calls_section_begin|>",
                                  "<|open|>call tool=", "<|tools_prefix|>", "<|python_tag|>",
                                  "<function="};

ReplyFormat format_of(size_t choice) {
  choice %= std::size(kParsers) + std::size(kSigns);
  if (choice < std::size(kParsers)) return ReplyFormat::named(kParsers[choice]);
  return format_shown_in(kSigns[choice - std::size(kParsers)]).value();
}

void check(bool holds) {
  if (!holds) std::abort();
}

const Data kTools = Data::List{Data::Object{
    {"type", "function"},
    {"function",
     Data::Object{
         {"name", "f"},
         {"parameters",
          Data::Object{{"properties", Data::Object{{"x", Data::Object{{"type", "integer"}}},
                                                   {"y", Data::Object{{"type", "string"}}}}}}}}}}};

std::vector<ReplyEvent> parted(const ReplyFormat& format, const std::string& text, size_t piece) {
  ReplyParser parser(format, kTools, ReplyParser::Begins::kText, [] { return "id"; });
  std::vector<ReplyEvent> events;
  const auto append = [&](std::vector<ReplyEvent> more) {
    for (ReplyEvent& event : more) {
      const bool is_more = !events.empty() && events.back().kind == event.kind &&
                           events.back().call.index == event.call.index && !event.text.empty();
      is_more ? void(events.back().text += event.text) : events.push_back(std::move(event));
    }
  };
  for (size_t i = 0; i < text.size(); i += piece) append(parser.add(text.substr(i, piece)));
  append(parser.end());
  return events;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  if (size == 0) return 0;
  const ReplyFormat format = format_of(data[0]);
  const std::string text(reinterpret_cast<const char*>(data) + 1, size - 1);
  const std::vector<ReplyEvent> whole = parted(format, text, text.size() + 1);
  const std::vector<ReplyEvent> cut = parted(format, text, 1);
  check(whole.size() == cut.size());
  size_t told = 0;
  bool is_begun = false, is_plain = true;
  for (size_t i = 0; i < whole.size(); ++i) {
    check(whole[i].kind == cut[i].kind && whole[i].text == cut[i].text);
    is_plain = is_plain && whole[i].kind == Kind::kContent;
    told += whole[i].text.size();
    if (whole[i].kind == Kind::kToolBegin) is_begun = true;
    if (whole[i].kind == Kind::kToolEnd) check(std::exchange(is_begun, false));
  }
  // Markers that say nothing are dropped with nothing else.
  if (is_plain && !whole.empty() && format.ignored.empty() &&
      text.find(format.thought_begin) == text.npos) {
    check(told == text.size());
  }
  return 0;
}
