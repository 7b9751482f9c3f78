#include "server/inference/restriction.h"

#include <nlohmann/json.hpp>
#include <vector>

#include "base/error.h"
#include "grammar/compose.h"
#include "runner/control_tokens.h"
#include "server/answers/data_json.h"
#include "server/requests/native_fields.h"

namespace cria::server {
namespace {

using Code = Error::Code;

std::shared_ptr<const grammar::Grammar> grammar_of_calls(const LoadedText& loaded,
                                                         const ChatRequest& chat) {
  std::vector<grammar::CallShape> shapes;
  for (const chat::ReplyFormat::Call& call :
       loaded.reply.forced_calls(chat.tools, chat.tool_choice.name)) {
    shapes.push_back({.before = call.prefix,
                      .arguments = compile_schema(to_json(call.schema)),
                      .after = call.suffix});
  }
  return grammar::calls_grammar(shapes, runner::control_tokens(loaded.model->tokenizer()));
}

}  // namespace

Restriction restriction_of(const LoadedText& loaded, const GenerationRequest& request,
                           bool in_thought) {
  using Kind = ToolChoice::Kind;
  Restriction restriction{.grammar = request.grammar};
  const bool must_call = request.chat && (request.chat->tool_choice.kind == Kind::kRequired ||
                                          request.chat->tool_choice.kind == Kind::kNamed);
  if (must_call) {
    if (request.grammar) {
      fail(Code::kInvalidArgument,
           "an answer cannot be a call of a tool and have a format as well");
    }
    restriction.grammar = grammar_of_calls(loaded, *request.chat);
  }
  const bool may_think = in_thought || !request.thinking || request.thinking->on;
  const chat::ReplyFormat& reply = loaded.reply;
  const bool has_markers = reply.thinks() && (in_thought || !reply.thought_begin.empty());
  if (restriction.grammar && may_think && has_markers) {
    restriction.thoughts = {
        .begin = reply.thought_begin, .end = reply.thought_end, .begun = in_thought};
  }
  return restriction;
}

}  // namespace cria::server
