// What a template reveals of the format of replies.

#include <algorithm>
#include <optional>
#include <tuple>

#include "base/error.h"
#include "template/reply/known_formats.h"
#include "template/reply/learning.h"
#include "template/reply/probe.h"
#include "template/reply/reply_parser.h"
#include "template/reply/step.h"

namespace cria::chat {
namespace {

using Tags = std::pair<std::string, std::string>;

bool contains(std::string_view text, std::string_view part) {
  return text.find(part) != std::string_view::npos;
}

// Whether calls that a template writes are read as what they are.
bool reads(const ReplyFormat& format, const std::string& turn, size_t calls) {
  ReplyParser parser(format, Said::tools());
  std::vector<ReplyEvent> events = parser.add(turn);
  for (ReplyEvent& event : parser.end()) events.push_back(std::move(event));
  size_t ended = 0;
  for (const ReplyEvent& event : events) {
    // Markers that end the turn may follow.
    const bool is_text = event.kind == ReplyEvent::Kind::kContent && !trimmed(event.text).empty();
    if (is_text && (ended == 0 || contains(event.text, Said::kTextKey))) return false;
    if (event.kind != ReplyEvent::Kind::kToolEnd) continue;
    const Data* text = event.call.arguments.find(Said::kTextKey);
    const Data* number = event.call.arguments.find(Said::kNumberKey);
    if (!text || text->kind() != Data::Kind::kText || text->text() != Said::kTextValue)
      return false;
    if (!number || number->kind() != Data::Kind::kInteger) return false;
    ++ended;
  }
  return ended == calls;
}

// The text that a template writes, if it is one for any call, up to what closes it.
std::optional<CallText> usable(std::optional<CallText> text, const CallSyntax& syntax) {
  if (!text) return {};
  for (const std::string* part :
       {&text->before_name, &text->before_arguments, &text->after_arguments}) {
    if (contains(*part, Said::kIds)) return {};
  }
  const std::string& last = syntax.section_close.empty() ? syntax.close : syntax.section_close;
  const size_t at = last.empty() ? std::string::npos : text->after_arguments.rfind(last);
  if (at != std::string::npos) text->after_arguments.resize(at + last.size());
  return text;
}

std::optional<ReplyFormat> known_format(const std::string& one,
                                        const std::optional<LearntCalls>& learnt) {
  std::optional<ReplyFormat> known = format_shown_in(one);
  if (!known || !learnt || known->is_channelled) return known;
  const std::optional<CallText> text = usable(learnt->text, *known->calls);
  if (text && known->call_text) known->call_text = text;
  return known;
}

std::optional<ReplyFormat> learnt_format(const std::optional<LearntCalls>& learnt) {
  if (!learnt) return {};
  ReplyFormat format{
      .name = "learnt", .calls = learnt->syntax, .call_text = usable(learnt->text, learnt->syntax)};
  // Of those who write bare JSON, models of Llama 3 may announce it.
  if (learnt->syntax.is_bare) format.calls->section_open = "<|python_tag|>";
  return format;
}

// What prompts say about tools, when they have some.
std::optional<ReplyFormat> format_in_prompts(const Probe& probe) {
  const std::optional<ReplyFormat> with = format_shown_in(probe.prompt(true).value_or(""));
  const std::optional<ReplyFormat> without = format_shown_in(probe.prompt(false).value_or(""));
  if (with && without && with->name == without->name && !with->is_channelled) return {};
  return with;
}

// A format is only taken if it reads what the template writes, where it writes calls at all.
ReplyFormat calls_of(const Probe& probe) {
  const std::optional<std::string> one = probe.calls(false);
  if (!one) return format_in_prompts(probe).value_or(ReplyFormat());
  const std::string two = probe.calls(true).value_or("");
  const std::optional<LearntCalls> learnt = learn_calls(*one, two);
  for (const auto& format : {known_format(*one, learnt), learnt_format(learnt)}) {
    if (!format) continue;
    if (format->is_channelled) return *format;
    if (!reads(*format, *one, 1)) continue;
    if (!contains(two, Said::kOtherTool) || reads(*format, two, 2)) return *format;
  }
  return {};
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
  if (tags.first.empty() || tags.second.empty() || contains(tags.second, tags.first)) return {};
  return tags;
}

// Templates drop thoughts of earlier turns: then it is seen by what is left of them.
std::optional<Tags> dropped_tags(const Probe& probe) {
  for (const Tags& tags : known_thoughts()) {
    const auto shown =
        probe.earlier(concat(tags.first, Said::kThought, tags.second, Said::kContent));
    if (shown && contains(*shown, Said::kContent) && !contains(*shown, Said::kThought)) return tags;
  }
  return {};
}

std::optional<Tags> thoughts_of(const Probe& probe, const Tags& hint) {
  if (!hint.first.empty() && !hint.second.empty()) return hint;
  if (const auto tags = tags_around(probe.thought())) return tags;
  if (const auto tags = tags_around(probe.thought_before_call())) return tags;
  for (const std::string& prompt : probe.prompts()) {
    if (const auto tags = known_tags_in(prompt)) return tags;
  }
  return dropped_tags(probe);
}

// Where prompts end with what opens a call, text has a mark there, too, that it is none.
void learn_begun_calls(ReplyFormat& format, const Probe& probe) {
  if (!format.calls || format.calls->opens.empty()) return;
  const std::string& open = format.calls->opens.front();
  const std::string prompt = probe.prompt(false).value_or("");
  if (open.empty() || !prompt.ends_with(open)) return;
  if (format.call_text && format.call_text->before_name.starts_with(open)) {
    format.call_text->before_name.erase(0, open.size());
  }
  const std::string answered = probe.answered().value_or("");
  const size_t at = answered.find(Said::kContent, prompt.size());
  if (at == std::string::npos || !answered.starts_with(prompt)) return;
  format.ignored.push_back(open + answered.substr(prompt.size(), at - prompt.size()));
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
  learn_begun_calls(format, probe);
  if (const auto tags = thoughts_of(probe, hints.thinking_tags)) {
    std::tie(format.thought_begin, format.thought_end) = *tags;
  }
  return format;
}

}  // namespace cria::chat
