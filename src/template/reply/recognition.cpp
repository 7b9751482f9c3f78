// What a template reveals of the format of replies.

#include <algorithm>
#include <optional>
#include <tuple>

#include "template/reply/known_formats.h"
#include "template/reply/learning.h"
#include "template/reply/probe.h"
#include "template/reply/step.h"

namespace cria::chat {
namespace {

using Tags = std::pair<std::string, std::string>;

bool contains(std::string_view text, std::string_view part) {
  return text.find(part) != std::string_view::npos;
}

ReplyFormat calls_of(const Probe& probe) {
  const std::string one = probe.calls(false).value_or("");
  const std::optional<LearntCalls> learnt = learn_calls(one, probe.calls(true).value_or(""));
  if (std::optional<ReplyFormat> known = format_shown_in(one)) {
    if (learnt && learnt->text && known->call_text) known->call_text = learnt->text;
    return *known;
  }
  ReplyFormat format;
  if (learnt) {
    format.name = "learnt";
    format.calls = learnt->syntax;
    format.call_text = learnt->text;
    // Of those who write bare JSON, models of Llama 3 may announce it.
    if (learnt->syntax.is_bare) format.calls->section_open = "<|python_tag|>";
    return format;
  }
  const std::string with = probe.prompt(true).value_or("");
  const std::string without = probe.prompt(false).value_or("");
  const std::optional<ReplyFormat> known = format_shown_in(with);
  const std::optional<ReplyFormat> anyway = format_shown_in(without);
  if (!known || (anyway && anyway->name == known->name && !known->is_channelled)) return format;
  return *known;
}

std::optional<Tags> known_tags_in(std::string_view text) {
  for (const Tags& tags : known_thoughts()) {
    if (contains(text, tags.first)) return tags;
  }
  return {};
}

// What stands around the thought of a turn.
std::optional<Tags> tags_around(const std::optional<std::string>& turn) {
  const size_t at = turn ? turn->find(Said::kThought) : std::string::npos;
  if (at == std::string::npos) return {};
  if (const auto known = known_tags_in(std::string_view(*turn).substr(0, at))) return known;
  const size_t begin = at + Said::kThought.size();
  const size_t end = turn->find(Said::kContent, begin);
  if (end == std::string::npos) return {};
  const Tags tags{trimmed(std::string_view(*turn).substr(0, at)),
                  trimmed(std::string_view(*turn).substr(begin, end - begin))};
  if (tags.first.empty() || tags.second.empty()) return {};
  return tags;
}

// Templates drop thoughts of earlier turns: then it is seen by what is left of them.
std::optional<Tags> dropped_tags(const Probe& probe) {
  for (const Tags& tags : known_thoughts()) {
    const auto turn = probe.content(tags.first + std::string(Said::kThought) + tags.second +
                                    std::string(Said::kContent));
    if (turn && !contains(*turn, tags.second)) return tags;
  }
  return {};
}

std::optional<Tags> thoughts_of(const Probe& probe, const ChatTemplate& chat_template,
                                const Tags& hint) {
  if (!hint.first.empty() && !hint.second.empty()) return hint;
  if (const auto tags = tags_around(probe.thought())) return tags;
  if (const auto tags = tags_around(probe.thought_before_call())) return tags;
  for (const std::string& prompt : probe.prompts()) {
    if (const auto tags = known_tags_in(prompt)) return tags;
  }
  if (const auto tags = dropped_tags(probe)) return tags;
  if (chat_template.thinks()) return known_thoughts().front();
  return {};
}

}  // namespace

ReplyFormat ReplyFormat::of(const ChatTemplate& chat_template, const Hints& hints) {
  if (!hints.parser.empty()) return named(hints.parser);
  const Probe probe(chat_template);
  ReplyFormat format = calls_of(probe);
  for (const std::string& prompt : probe.prompts()) {
    const auto shown = format_shown_in(prompt);
    if (shown && shown->is_channelled) format = *shown;
  }
  if (format.is_channelled) return format;
  if (const auto tags = thoughts_of(probe, chat_template, hints.thinking_tags)) {
    std::tie(format.thought_begin, format.thought_end) = *tags;
  }
  return format;
}

}  // namespace cria::chat
