#pragma once
// How a model marks its thoughts and its calls of tools.

#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "template/chat_template.h"
#include "template/reply/call_syntax.h"

namespace cria::chat {

struct ReplyFormat {
  enum class Begins : uint8_t { kText, kThought, kCall };
  struct Hints {
    // What is known of the template otherwise: go::ChatTemplate::thinking_tags(), or empty.
    std::pair<std::string, std::string> thinking_tags = {};
    std::string parser = {};  // PARSER of a Modelfile
  };
  // What a template reveals when it is rendered, and what is known of models that use such markers.
  // Unsupported: a parser of that name is not known.
  static ReplyFormat of(const ChatTemplate& chat_template, const Hints& hints);
  // By the name that Ollama has for a RENDERER or PARSER. Unsupported as above.
  static ReplyFormat named(std::string_view parser);

  std::string name = "plain";
  std::string thought_begin = {}, thought_end = {};  // markers, "" if it does not think
  // Markers are tokens of their own: thoughts may begin anywhere, and a call ends them.
  bool is_channelled = false;
  std::vector<std::string> ignored = {};  // markers that say nothing: around answers, for example
  // What headers begin with that say nothing, and what they end with: any word may be between.
  std::vector<std::string> headers = {};
  std::string header_end = {};
  std::optional<CallSyntax> calls = {};
  std::optional<CallText> call_text = {};  // of calls whose arguments are JSON

  bool thinks() const { return !thought_end.empty(); }
  bool calls_tools() const { return calls.has_value(); }
  // The parser must see the text of control tokens: there are markers, and they may be such.
  bool needs_special() const;
  // What an answer to this prompt begins with: the prompt may have opened a thought or a call.
  Begins begins(std::string_view prompt) const;

  // A way to call a tool: this text, JSON by this schema, and this text.
  struct Call {
    std::string tool, prefix;
    Data schema;
    std::string suffix;
  };
  // Ways to call one of the tools, or the one of that name; to hold answers to by a grammar.
  // Unsupported: the model writes no JSON there. NotFound: no tool has that name.
  std::vector<Call> forced_calls(const Data& tools, std::string_view tool = "") const;
};

}  // namespace cria::chat
