#include "template/go/chat_template.h"

#include <algorithm>

#include "template/go/names.h"
#include "template/go/parser.h"
#include "template/go/tools.h"

namespace cria::go {
namespace {

using Variables = std::vector<std::pair<std::string, Value>>;

// Messages of one role that follow each other are one, except results of tools.
struct Turn {
  const chat::Message* first;
  MarkedText content;  // of all of them, with what stands for their pictures
};

std::vector<Turn> turns_of(const std::vector<chat::Message>& messages) {
  std::vector<Turn> turns;
  for (const chat::Message& message : messages) {
    const bool begins =
        turns.empty() || turns.back().first->role != message.role || message.role == "tool";
    if (begins) turns.push_back({&message, {}});
    MarkedText& content = turns.back().content;
    if (!begins) content.append("\n\n", false);
    content.append(message.pictures, true);
    content.append(message.content, false);
  }
  return turns;
}

std::string system_text(const std::vector<chat::Message>& messages) {
  std::string text;
  bool is_first = true;
  for (const chat::Message& message : messages) {
    if (message.role != "system") continue;
    if (!is_first) text += "\n\n";
    is_first = false;
    text += message.content;
  }
  return text;
}

Value data_of(Variables variables, const std::optional<chat::Thinking>& thinking) {
  variables.emplace_back("Think", Value{thinking && thinking->on});
  variables.emplace_back("ThinkLevel", text_value(thinking ? thinking->level : ""));
  variables.emplace_back("IsThinkSet", Value{thinking.has_value()});
  return map_value({.entries = std::move(variables)});
}

std::vector<chat::Part> run(const Program& program, const Value& data,
                            const chat::RenderOptions& options,
                            MissingKey missing = MissingKey::kZero) {
  return Executor(program, missing, chat::Limits{}, options.now).run(data).parts();
}

}  // namespace

ChatTemplate::ChatTemplate(std::string name, std::string source)
    : program_(parse(std::move(name), std::move(source))),
      names_(names_in(program_)),
      thinking_tags_(go::thinking_tags(program_)) {
  if (!mentions("messages") && !mentions("response")) {
    append_response(program_);
  }
  before_answer_ = program_;
  cut_after_response(before_answer_.templates.at(before_answer_.name));
}

std::vector<chat::Part> ChatTemplate::render(const chat::Conversation& conversation,
                                             const chat::RenderOptions& options) const {
  if (!has_messages()) return render_triples(conversation, options);
  static const Type kMessages{.name = "[]*template.templateMessage"};
  List messages{.type = &kMessages, .is_nil = conversation.messages.empty()};
  for (Turn& turn : turns_of(conversation.messages)) {
    messages.items.push_back(message_value(*turn.first, std::move(turn.content)));
  }
  return run(program_,
             data_of({{"System", text_value(system_text(conversation.messages))},
                      {"Messages", list_value(std::move(messages))},
                      {"Tools", tools_value(conversation.tools)},
                      {"Response", text_value("")}},
                     conversation.thinking),
             options);
}

std::vector<chat::Part> ChatTemplate::render_between(const std::string& prompt,
                                                     const std::string& suffix,
                                                     const std::optional<chat::Thinking>& thinking,
                                                     const chat::RenderOptions& options) const {
  return run(program_,
             data_of({{"Prompt", text_value(prompt)},
                      {"Suffix", text_value(suffix)},
                      {"Response", text_value("")}},
                     thinking),
             options);
}

// A run for each system text, prompt and answer; the last one ends where an answer begins.
std::vector<chat::Part> ChatTemplate::render_triples(const chat::Conversation& conversation,
                                                     const chat::RenderOptions& options) const {
  MarkedText out, system, prompt, response;
  const auto end_triple = [&](const Program& program, MissingKey missing) {
    const Value data = data_of({{"System", text_value(std::exchange(system, {}))},
                                {"Prompt", text_value(std::exchange(prompt, {}))},
                                {"Response", text_value(std::exchange(response, {}))}},
                               conversation.thinking);
    for (const chat::Part& part : run(program, data, options, missing)) {
      out.append(part.text, part.special);
    }
  };
  for (Turn& turn : turns_of(conversation.messages)) {
    const std::string& role = turn.first->role;
    if (role == "system") {
      if (prompt.size() + response.size() > 0) end_triple(program_, MissingKey::kZero);
      system = std::move(turn.content);
    } else if (role == "user") {
      if (response.size() > 0) end_triple(program_, MissingKey::kZero);
      prompt = std::move(turn.content);
    } else if (role == "assistant") {
      response = std::move(turn.content);
    }
  }
  // As in Ollama, where this one goes without the option for missing keys.
  end_triple(before_answer_, MissingKey::kDefault);
  return out.parts();
}

}  // namespace cria::go
