#include "cmd/slash_set.h"

#include <algorithm>

#include "base/error.h"
#include "base/quote.h"
#include "cmd/output.h"

namespace cria::cmd {
namespace {

using Code = Error::Code;

struct Place {
  Session& session;
  LineEditor& editor;

  template <class Change>
  void wish(Change change) const {
    Wishes wishes = session.answerer().wishes();
    change(wishes);
    session.answerer().set_wishes(std::move(wishes));
  }
};

void no_more(std::string_view rest, std::string_view usage) {
  if (!rest.empty()) fail(Code::kInvalidArgument, "usage: /set ", usage);
}

void tell_mode(std::string_view name) { print(concat("Set '", name, "' mode.\n")); }

void set_parameter(std::string_view rest, const Place& at) {
  const std::string_view name = next_word(rest);
  if (name.empty() || rest.empty()) {
    fail(Code::kInvalidArgument, "usage: /set parameter NAME VALUE");
  }
  at.wish([&](Wishes& wishes) { modelfile::set_parameter(wishes.parameters, name, rest); });
  print(concat("Set parameter '", name, "' to '", rest, "'\n"));
}

void set_system(std::string_view rest, const Place& at) {
  at.wish([&](Wishes& wishes) { wishes.system = std::string(rest); });
  print("Set system message.\n");
}

void set_format(std::string_view rest, const Place& at) {
  if (rest.empty()) fail(Code::kInvalidArgument, "usage: /set format json");
  at.wish([&](Wishes& wishes) { wishes.format = rest; });
  print(concat("Set format to '", rest, "'.\n"));
}

void set_noformat(std::string_view rest, const Place& at) {
  no_more(rest, "noformat");
  at.wish([](Wishes& wishes) { wishes.format.clear(); });
  print("Disabled format.\n");
}

void set_think(std::string_view rest, const Place& at) {
  const std::string_view level = next_word(rest);
  no_more(rest, "think [LEVEL]");
  at.wish([&](Wishes& wishes) { wishes.think = level.empty() ? "true" : std::string(level); });
  level.empty() ? tell_mode("think") : print(concat("Set 'think' mode to '", level, "'.\n"));
}

struct Item {
  std::string_view name;
  void (*run)(std::string_view rest, const Place& at);
};
constexpr Item kItems[] = {
    {"parameter", set_parameter}, {"system", set_system}, {"format", set_format},
    {"noformat", set_noformat},   {"think", set_think},
};

struct Mode {
  std::string_view name;
  void (*enter)(const Place& at);
};
constexpr Mode kModes[] = {
    {"nothink", [](const Place& at) { at.wish([](Wishes& w) { w.think = "false"; }); }},
    {"history", [](const Place& at) { at.editor.keep_history(true); }},
    {"nohistory", [](const Place& at) { at.editor.keep_history(false); }},
    {"wordwrap", [](const Place& at) { at.session.look().wraps = true; }},
    {"nowordwrap", [](const Place& at) { at.session.look().wraps = false; }},
    {"verbose", [](const Place& at) { at.session.look().verbose = true; }},
    {"quiet", [](const Place& at) { at.session.look().verbose = false; }},
};

}  // namespace

std::string_view next_word(std::string_view& text) {
  constexpr std::string_view kSpace = " \t\n";
  text.remove_prefix(std::min(text.find_first_not_of(kSpace), text.size()));
  const std::string_view word = text.substr(0, text.find_first_of(kSpace));
  text.remove_prefix(word.size());
  text.remove_prefix(std::min(text.find_first_not_of(kSpace), text.size()));
  return word;
}

void run_set(std::string_view rest, Session& session, LineEditor& editor) {
  const std::string_view what = next_word(rest);
  const Place at{session, editor};
  std::string known;
  const auto is_asked = [&](std::string_view name) {
    known += concat(known.empty() ? "" : ", ", name);
    return name == what;
  };
  for (const Item& item : kItems) {
    if (is_asked(item.name)) return item.run(rest, at);
  }
  for (const Mode& mode : kModes) {
    if (!is_asked(mode.name)) continue;
    no_more(rest, mode.name);
    mode.enter(at);
    return tell_mode(mode.name);
  }
  fail(Code::kInvalidArgument, "/set ", quote(what), ", expected one of ", known);
}

}  // namespace cria::cmd
