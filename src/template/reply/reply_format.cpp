#include "template/reply/reply_format.h"

#include "base/error.h"
#include "base/quote.h"
#include "template/reply/json_text.h"
#include "template/reply/step.h"
#include "template/reply/tools.h"

namespace cria::chat {

bool ReplyFormat::needs_special() const {
  if (thinks() || !ignored.empty()) return true;
  return calls && (!calls->section_open.empty() || !calls->opens.empty());
}

ReplyFormat::Begins ReplyFormat::begins(std::string_view prompt) const {
  const auto is_open = [end = trimmed(prompt)](std::string_view marker) {
    return !marker.empty() && end.ends_with(marker);
  };
  if (is_open(thought_begin)) return Begins::kThought;
  if (calls && !calls->opens.empty() && is_open(calls->opens.front())) return Begins::kCall;
  return Begins::kText;
}

std::vector<ReplyFormat::Call> ReplyFormat::forced_calls(const Data& tools,
                                                         std::string_view tool) const {
  if (!calls) fail(Error::Code::kUnsupported, "this model's template knows no calls of tools");
  if (!call_text) {
    fail(Error::Code::kUnsupported, "a call cannot be demanded: in the format ", name,
         " arguments are not JSON");
  }
  const bool is_json = call_text->before_name.ends_with('"');
  std::vector<Call> ways;
  for (const std::string& own : names_of(tools)) {
    if (!tool.empty() && own != tool) continue;
    std::string written = json_string(own);
    if (is_json) written = written.substr(1, written.size() - 2);
    Data schema = Tools(tools).parameters(own);
    if (schema.is_null()) schema = Data::Object{{"type", "object"}};
    ways.push_back(
        {own, call_text->before_name + (is_json ? written : own) + call_text->before_arguments,
         std::move(schema), call_text->after_arguments});
  }
  if (ways.empty()) fail(Error::Code::kNotFound, "no tool has the name ", quote(tool));
  return ways;
}

}  // namespace cria::chat
