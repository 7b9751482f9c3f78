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

void no_more(std::string_view rest, const char* usage) {
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

void set_nothink(std::string_view rest, const Place& at) {
  no_more(rest, "nothink");
  at.wish([](Wishes& wishes) { wishes.think = "false"; });
  tell_mode("nothink");
}

template <bool keeps>
void set_history(std::string_view rest, const Place& at) {
  const char* const name = keeps ? "history" : "nohistory";
  no_more(rest, name);
  at.editor.keep_history(keeps);
  tell_mode(name);
}

template <bool wraps>
void set_wrapping(std::string_view rest, const Place& at) {
  const char* const name = wraps ? "wordwrap" : "nowordwrap";
  no_more(rest, name);
  at.session.look().wraps = wraps;
  tell_mode(name);
}

template <bool verbose>
void set_verbose(std::string_view rest, const Place& at) {
  const char* const name = verbose ? "verbose" : "quiet";
  no_more(rest, name);
  at.session.look().verbose = verbose;
  tell_mode(name);
}

struct Item {
  std::string_view name;
  void (*run)(std::string_view rest, const Place& at);
};
constexpr Item kItems[] = {
    {"parameter", set_parameter},
    {"system", set_system},
    {"history", set_history<true>},
    {"nohistory", set_history<false>},
    {"wordwrap", set_wrapping<true>},
    {"nowordwrap", set_wrapping<false>},
    {"format", set_format},
    {"noformat", set_noformat},
    {"verbose", set_verbose<true>},
    {"quiet", set_verbose<false>},
    {"think", set_think},
    {"nothink", set_nothink},
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
  std::string known;
  for (const Item& item : kItems) {
    if (item.name == what) return item.run(rest, {session, editor});
    known += concat(known.empty() ? "" : ", ", item.name);
  }
  fail(Code::kInvalidArgument, "/set ", quote(what), ", expected one of ", known);
}

}  // namespace cria::cmd
