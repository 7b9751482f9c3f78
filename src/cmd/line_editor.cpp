#include "cmd/line_editor.h"

#include <histedit.h>
#include <unistd.h>

#include <cstdio>
#include <cstdlib>
#include <cwchar>
#include <filesystem>
#include <utility>

#include "base/error.h"
#include "base/log.h"
#include "cmd/external_editor.h"
#include "cmd/interrupt.h"
#include "cmd/output.h"
#include "cmd/terminal.h"

namespace cria::cmd {
namespace {

constexpr int kHistoryLines = 1000;
// Bracketed paste: the terminal wraps what is pasted, so that newlines in it are text and do not
// end the input.
constexpr const char* kPasteOn = "\033[?2004h";
constexpr const char* kPasteOff = "\033[?2004l";
constexpr const char* kPasteBegin = "\033[200~";
constexpr std::wstring_view kPasteEnd = L"\033[201~";

std::string environment(const char* name) {
  const char* value = std::getenv(name);  // NOLINT(concurrency-mt-unsafe): nothing sets it
  return value ? value : "";
}

unsigned char paste(EditLine* editor, int) {
  std::wstring text;
  wchar_t character = 0;
  while (!text.ends_with(kPasteEnd)) {
    if (el_wgetc(editor, &character) != 1) return CC_EOF;
    text += character == L'\r' ? L'\n' : character;
  }
  text.resize(text.size() - kPasteEnd.size());
  if (el_winsertstr(editor, text.c_str()) != 0) return CC_ERROR;
  return CC_REFRESH;
}

}  // namespace

struct LineEditor::State {
  EditLine* editor = nullptr;
  History* history = nullptr;
  std::FILE* out = nullptr;
  std::string prompt, placeholder, history_path, external;
  bool keeps_history = true;
  bool is_dumb = false;  // a terminal that cannot move its cursor

  ~State() {
    if (editor) el_end(editor);
    if (history) history_end(history);
  }

  static State& of(EditLine* editor) {
    State* state = nullptr;
    el_get(editor, EL_CLIENTDATA, &state);
    return *state;
  }
  static char* current_prompt(EditLine* editor) { return of(editor).prompt.data(); }

  // Waits for input, with the placeholder on the screen while nothing is typed.
  bool wait() {
    const std::string shown = std::exchange(placeholder, {});
    const bool fits = std::ssize(prompt + shown) < terminal_columns(STDIN_FILENO);
    if (shown.empty() || !fits || has_input(STDIN_FILENO)) return wait_for_input(STDIN_FILENO);
    std::fprintf(out, "\033[2m%s\033[0m\033[%zuD", shown.c_str(), shown.size());
    std::fflush(out);
    const bool has_come = wait_for_input(STDIN_FILENO);
    std::fputs("\033[K", out);
    return has_come;
  }

  // Reads a character for libedit, whose own reading would miss an interrupt that comes just before
  // it.
  static int read_character(EditLine* editor, wchar_t* character) {
    std::mbstate_t state{};
    char byte = 0;
    while (true) {
      if (!of(editor).wait()) return -1;
      const ssize_t count = ::read(STDIN_FILENO, &byte, 1);
      if (count <= 0) return static_cast<int>(count);
      const size_t length = std::mbrtowc(character, &byte, 1, &state);
      constexpr auto kInvalid = static_cast<size_t>(-1), kUnfinished = static_cast<size_t>(-2);
      if (length == kInvalid) state = {};  // a byte of no character is left out
      if (length != kInvalid && length != kUnfinished) return 1;
    }
  }

  static unsigned char edit_in_program(EditLine* editor, int) {
    const LineInfo* const line = el_line(editor);
    const std::string before(line->buffer, line->lastchar);
    std::fputs(kPasteOff, of(editor).out);
    std::fflush(of(editor).out);
    el_set(editor, EL_PREP_TERM, 0);
    std::string after = before;
    try {
      after = edit_externally(before, of(editor).external);
    } catch (const Error& error) {
      notice(error.what());
    }
    el_set(editor, EL_PREP_TERM, 1);
    std::fputs(kPasteOn, of(editor).out);
    // All of the line goes: what is before the cursor, once that is at the end.
    el_cursor(editor, static_cast<int>(line->lastchar - line->cursor));
    const LineInfoW* const wide = el_wline(editor);
    el_wdeletestr(editor, static_cast<int>(wide->lastchar - wide->buffer));
    if (!after.empty() && el_insertstr(editor, after.c_str()) != 0) return CC_ERROR;
    return CC_REDISPLAY;
  }
};

LineEditor::LineEditor(const std::string& history_path, std::string external)
    : state_(std::make_unique<State>()) {
  use_utf8_locale();
  State& state = *state_;
  state.history_path = history_path;
  state.external = std::move(external);
  state.out = output_is_terminal() ? stdout : stderr;
  const std::string terminal = environment("TERM");
  state.is_dumb = terminal.empty() || terminal == "dumb";
  state.editor = el_init("cria", stdin, state.out, stderr);
  state.history = history_init();
  if (!state.editor || !state.history) {
    fail(Error::Code::kInternal, "the terminal cannot be used for editing");
  }
  HistEvent event;
  history(state.history, &event, H_SETSIZE, kHistoryLines);
  history(state.history, &event, H_SETUNIQUE, 1);
  if (!history_path.empty()) history(state.history, &event, H_LOAD, history_path.c_str());
  el_set(state.editor, EL_CLIENTDATA, &state);
  el_set(state.editor, EL_PROMPT, State::current_prompt);
  el_set(state.editor, EL_GETCFN, State::read_character);
  el_set(state.editor, EL_EDITOR, "emacs");
  el_set(state.editor, EL_HIST, history, state.history);
  el_set(state.editor, EL_ADDFN, "cria-paste", "Insert a paste", paste);
  el_set(state.editor, EL_BIND, kPasteBegin, "cria-paste", nullptr);
  el_set(state.editor, EL_ADDFN, "cria-edit", "Edit in a program", State::edit_in_program);
  el_set(state.editor, EL_BIND, "^G", "cria-edit", nullptr);
  // Else the kernel throws away, at Ctrl-C, what was printed and not yet shown.
  for (const char* mode : {"-d", "-x"}) el_set(state.editor, EL_SETTY, mode, "+noflsh", nullptr);
  el_source(state.editor, nullptr);  // ~/.editrc
}

LineEditor::~LineEditor() = default;

LineEditor::Line LineEditor::read(const std::string& prompt, const std::string& placeholder) {
  State& state = *state_;
  state.prompt = prompt;
  state.placeholder = state.is_dumb ? "" : placeholder;
  el_resize(state.editor);
  std::fputs(kPasteOn, state.out);
  std::fflush(state.out);
  el_set(state.editor, EL_PREP_TERM, 1);  // else what is typed early is echoed twice
  take_interrupt();                       // one that came too late for the last answer
  int count = 0;
  const char* text = el_gets(state.editor, &count);
  Line line;
  if (text && count > 0) {
    line = {Status::kLine, std::string(text, static_cast<size_t>(count))};
    if (line.text.ends_with('\n')) line.text.pop_back();
  } else if (take_interrupt()) {
    const LineInfo* typed = el_line(state.editor);
    line = {Status::kInterrupted, std::string(typed->buffer, typed->lastchar)};
    el_reset(state.editor);
  }
  std::fputs(kPasteOff, state.out);
  if (line.status != Status::kLine) std::fputs("\n", state.out);
  std::fflush(state.out);
  return line;
}

void LineEditor::remember(const std::string& input) {
  State& state = *state_;
  if (!state.keeps_history) return;
  HistEvent event;
  history(state.history, &event, H_ENTER, input.c_str());
  if (state.history_path.empty()) return;
  if (history(state.history, &event, H_SAVE, state.history_path.c_str()) < 0) {
    log::debug("the history could not be saved to ", state.history_path);
  }
}

void LineEditor::keep_history(bool keeps) { state_->keeps_history = keeps; }

std::string default_history_path() {
  if (const std::string state = environment("XDG_STATE_HOME"); !state.empty()) {
    std::error_code error;  // a folder that cannot be made shows when the history is saved
    std::filesystem::create_directories(state + "/cria", error);
    return state + "/cria/history";
  }
  const std::string home = environment("HOME");
  return home.empty() ? "" : home + "/.cria_history";
}

}  // namespace cria::cmd
