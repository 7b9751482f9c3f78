#include "cmd/external_editor.h"

#include <cstdlib>
#include <filesystem>
#include <span>

#include "base/error.h"
#include "base/files.h"
#include "cmd/input.h"
#include "cmd/program_settings.h"

namespace cria::cmd {

std::string external_editor() {
  if (const std::string& set = program_settings().text("editor"); !set.empty()) return set;
  for (const char* name : {"VISUAL", "EDITOR"}) {
    const char* value = std::getenv(name);  // NOLINT(concurrency-mt-unsafe): nobody sets any
    if (value && *value) return value;
  }
  return "vi";
}

std::string edit_externally(const std::string& text, const std::string& editor) {
  const std::string prefix = std::filesystem::temp_directory_path() / "cria-";
  TemporaryFile file(prefix, 0600, "the text to edit");
  file.write(std::as_bytes(std::span(text)));
  // The editor may have options, so a shell takes it apart; the path of ours has nothing special.
  const std::string command = concat(editor, " '", file.path(), "'");
  // NOLINTNEXTLINE(concurrency-mt-unsafe,cert-env33-c): the user's own program
  if (std::system(command.c_str()) != 0) {
    fail(Error::Code::kInternal, "the editor failed: ", editor);
  }
  std::string edited = read_file(file.path());
  edited.erase(edited.find_last_not_of("\r\n") + 1);
  return edited;
}

}  // namespace cria::cmd
