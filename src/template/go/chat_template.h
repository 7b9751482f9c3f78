#pragma once
// A Go template as Ollama uses it: what it sees of a conversation, and how the prompt comes of it.

#include <set>
#include <string>
#include <utility>
#include <vector>

#include "template/chat_template.h"
#include "template/go/template.h"

namespace cria::go {

class ChatTemplate final : public chat::ChatTemplate {
 public:
  // As Template; also InvalidArgument where Ollama refuses more than Go does.
  ChatTemplate(std::string name, std::string source);

  // The template shows the messages itself; the others are run once a turn.
  bool has_messages() const { return mentions("messages"); }
  std::string_view language() const override { return "go"; }
  bool takes_tools() const override { return mentions("tools"); }
  bool takes_suffix() const override { return mentions("suffix"); }
  // What stands around thoughts; both are empty in a template that knows of none.
  const std::pair<std::string, std::string>& thinking_tags() const { return thinking_tags_; }
  bool thinks() const override {
    return !thinking_tags_.first.empty() && !thinking_tags_.second.empty();
  }

  // The prompt that lets the assistant answer next. InvalidArgument: the template fails on it, or
  // tools are not as in the API.
  std::vector<chat::Part> render(const chat::Conversation& conversation,
                                 const chat::RenderOptions& options = {}) const override;

  // The prompt for what stands between two texts.
  std::vector<chat::Part> render_between(const std::string& prompt, const std::string& suffix,
                                         const std::optional<chat::Thinking>& thinking = {},
                                         const chat::RenderOptions& options = {}) const;

 private:
  bool mentions(std::string_view name) const { return names_.contains(name); }
  std::vector<chat::Part> render_triples(const chat::Conversation& conversation,
                                         const chat::RenderOptions& options) const;

  Program program_;        // with an answer
  Program before_answer_;  // up to where one begins
  std::set<std::string, std::less<>> names_;
  std::pair<std::string, std::string> thinking_tags_;
};

}  // namespace cria::go
