#include "template/reply/learning.h"

#include <algorithm>
#include <string>

#include "template/reply/json_reader.h"
#include "template/reply/overlap.h"
#include "template/reply/probe.h"

namespace cria::chat {
namespace {

using Style = CallSyntax::Style;
constexpr size_t kNowhere = std::string_view::npos;

std::string text_of(std::string_view text) { return std::string(trimmed(text)); }

struct Range {
  size_t begin, end;
};

// The object of JSON that begins at a brace, and where it ends.
std::optional<std::pair<Data, size_t>> object_at(std::string_view text, size_t begin) {
  JsonReader reader;
  for (size_t i = begin; i < text.size(); ++i) {
    const Step step = reader.add(text[i]);
    if (step == Step::kDone) return std::make_pair(reader.take(), i + 1);
    if (step != Step::kMore) return {};
  }
  return {};
}

// The outermost object that contains a place, among those that begin after another.
std::optional<Range> object_around(std::string_view text, size_t from, size_t place) {
  for (size_t i = text.find('{', from); i < place; i = text.find('{', i + 1)) {
    const auto object = object_at(text, i);
    if (object && object->second > place) return Range{i, object->second};
  }
  return {};
}

// How much two texts end with alike, but no part of a marker.
size_t common_end(std::string_view a, std::string_view b) {
  const size_t size = common_suffix(a, b);
  const std::string_view before = b.substr(0, b.size() - size), end = b.substr(before.size());
  const size_t open = before.rfind('<'), close = before.rfind('>');
  const bool is_inside = open != kNowhere && (close == kNowhere || close < open);
  return is_inside ? size - std::min(size, end.find('>') + 1) : size;
}

// What stands around one of several things, and around all of them, by what stands before the
// first, between two, and after the last.
struct Around {
  std::string all_open, open, close, all_close;
};

Around around(std::string_view before, std::string_view between, std::string_view after) {
  before = trimmed(before), between = trimmed(between), after = trimmed(after);
  const size_t open = common_end(before, between);
  const std::string_view close = trimmed(between.substr(0, between.size() - open));
  if (!after.starts_with(close)) return {"", std::string(before), std::string(after), ""};
  return {text_of(before.substr(0, before.size() - open)),
          text_of(before.substr(before.size() - open)), std::string(close),
          text_of(after.substr(close.size()))};
}

// Without the id that stands at its end, and what follows that.
std::pair<std::string_view, std::string_view> part_at_id(std::string_view before_name) {
  const size_t id = before_name.rfind(Said::kIds);
  if (id == kNowhere) return {before_name, ""};
  return {before_name.substr(0, id), before_name.substr(id + Said::kIdSize)};
}

void set_around(CallSyntax& syntax, const Around& found) {
  syntax.section_open = found.all_open;
  syntax.section_close = found.all_close;
  syntax.opens = {found.open};
  syntax.close = found.close;
}

// {"name": "f", "arguments": {..}} or {"f": {..}}
std::optional<LearntCalls> learn_json(std::string_view one, Range object, std::string_view two) {
  LearntCalls learnt;
  CallSyntax& syntax = learnt.syntax;
  Data call = object_at(one, object.begin)->first;
  const Data* function = call.find("function");
  if (function && function->kind() == Data::Kind::kObject) call = *function;
  bool has_name = false, has_arguments = false;
  for (const auto& [key, value] : call.object()) {
    if (value.kind() == Data::Kind::kText && value.text() == Said::kTool) {
      syntax.name_key = key;
      has_name = true;
    } else if (value.kind() == Data::Kind::kObject && value.find(Said::kTextKey)) {
      has_arguments = true;
      if (key != Said::kTool) {
        syntax.arguments_key = key;
        continue;
      }
      syntax.name_key.clear();
      has_name = true;
    }
  }
  if (!has_name || !has_arguments) return {};
  std::string_view before = trimmed(one.substr(0, object.begin));
  std::string_view after = trimmed(one.substr(object.end));
  syntax.is_list = before.ends_with('[') && after.starts_with(']');
  if (syntax.is_list) {
    before.remove_suffix(1);
    after.remove_prefix(1);
  }
  const size_t other = two.find(Said::kOtherTool);
  const auto first = object_around(two, 0, std::min(two.find(Said::kTool), two.size()));
  const auto second =
      first && other != kNowhere ? object_around(two, first->end, other) : std::optional<Range>();
  Around found{text_of(before), "", "", text_of(after)};
  if (!syntax.is_list && second) {
    found = around(before, two.substr(first->end, second->begin - first->end), after);
    if (trimmed(found.close) == ",") found.close.clear();
  }
  const bool is_alone = found.all_open.empty();
  syntax.section_open = is_alone ? found.open : found.all_open;
  syntax.section_close = is_alone ? found.close + found.all_close : found.all_close;
  if (!is_alone && !found.open.empty()) {
    syntax.opens = {found.open};
    syntax.close = found.close;
  }
  syntax.is_bare = syntax.section_open.empty();
  return learnt;
}

// <f>, separator, {..}
LearntCalls learn_named(std::string_view one, size_t name, Range arguments, std::string_view two) {
  LearntCalls learnt{.syntax = {.style = Style::kNamed}};
  const size_t after_name = name + Said::kTool.size();
  learnt.syntax.separator = text_of(one.substr(after_name, arguments.begin - after_name));
  const auto [before, name_open] = part_at_id(one.substr(0, name));
  const std::string_view after = one.substr(arguments.end);
  learnt.syntax.name_open = text_of(name_open);
  Around found{"", text_of(before), text_of(after), ""};
  const size_t value = two.find(Said::kTextValue), other = two.find(Said::kOtherTool);
  const auto first =
      value == kNowhere ? std::optional<Range>() : object_around(two, two.find(Said::kTool), value);
  if (first && other != kNowhere && other > first->end) {
    const std::string_view between = two.substr(first->end, other - first->end);
    found = around(before, part_at_id(between).first, after);
  }
  set_around(learnt.syntax, found);
  return learnt;
}

// <f><key>value</key></f>
std::optional<LearntCalls> learn_tagged(std::string_view one, size_t name, std::string_view two) {
  struct Parameter {
    std::string_view key_word, value_word;
    size_t key, value;
    size_t end() const { return value + value_word.size(); }
  };
  const auto parameter = [&](std::string_view key_word, std::string_view value_word) {
    const size_t key = one.find(key_word, name);
    return Parameter{key_word, value_word, key, one.find(value_word, std::min(key, one.size()))};
  };
  Parameter first = parameter(Said::kTextKey, Said::kTextValue);
  Parameter last = parameter(Said::kNumberKey, Said::kNumberValue);
  if (last.key < first.key) std::swap(first, last);
  if (first.value == kNowhere || last.value == kNowhere || last.key < first.end()) return {};
  const auto text = [&](size_t begin, size_t end) { return one.substr(begin, end - begin); };
  const Around found = around(text(name + Said::kTool.size(), first.key),
                              text(first.end(), last.key), one.substr(last.end()));
  LearntCalls learnt{.syntax = {.style = Style::kTagged}};
  CallSyntax& syntax = learnt.syntax;
  syntax.separator = found.all_open;
  syntax.key_open = found.open;
  const std::string_view key_close = text(first.key + first.key_word.size(), first.value);
  syntax.key_close = text_of(key_close);
  syntax.value_close = found.close;
  syntax.pads_values = key_close.ends_with('\n') && one.substr(first.end()).starts_with('\n');
  const size_t other = two.find(Said::kOtherTool);
  const size_t end = two.substr(0, other).rfind(last.value_word);
  Around calls{"", text_of(one.substr(0, name)), found.all_close, ""};
  if (other != kNowhere && end != kNowhere) {
    std::string_view between = two.substr(0, other).substr(end + last.value_word.size());
    between = trimmed(between);
    between.remove_prefix(std::min(found.close.size(), between.size()));
    calls = around(one.substr(0, name), between, found.all_close);
  }
  set_around(syntax, calls);
  const bool is_whole = !syntax.opens[0].empty() && !syntax.close.empty() &&
                        !syntax.key_open.empty() && !syntax.key_close.empty() &&
                        !syntax.value_close.empty();
  if (!is_whole) return {};
  return learnt;
}

// [f(a="x")]
std::optional<LearntCalls> learn_python(std::string_view one, size_t name) {
  const size_t end = one.rfind(')');
  std::string_view before = trimmed(one.substr(0, name)), after = trimmed(one.substr(end + 1));
  if (before.ends_with('[') && after.starts_with(']')) {
    before.remove_suffix(1);
    after.remove_prefix(1);
  }
  if (trimmed(before).empty()) return {};
  return LearntCalls{.syntax = {.style = Style::kPython,
                                .section_open = text_of(before),
                                .section_close = text_of(after),
                                .separator = "("}};
}

}  // namespace

std::optional<LearntCalls> learn_calls(std::string_view one, std::string_view two) {
  const size_t name = one.find(Said::kTool);
  if (name == kNowhere) return {};
  const size_t value = one.find(Said::kTextValue, name);
  if (value == kNowhere) return {};
  std::optional<LearntCalls> learnt;
  const auto arguments = object_around(one, name, value);
  if (const auto object = object_around(one, 0, name)) {
    learnt = learn_json(one, *object, two);
  } else if (arguments) {
    learnt = learn_named(one, name, *arguments, two);
  } else if (trimmed(one.substr(name + Said::kTool.size())).starts_with('(')) {
    learnt = learn_python(one, name);
  } else {
    learnt = learn_tagged(one, name, two);
  }
  if (!learnt || !arguments) return learnt;
  const size_t after_name = name + Said::kTool.size();
  const size_t begin = one.find_first_not_of(" \n");
  learnt->text = CallText{std::string(one.substr(begin, name - begin)),
                          std::string(one.substr(after_name, arguments->begin - after_name)),
                          std::string(one.substr(arguments->end))};
  return learnt;
}

}  // namespace cria::chat
