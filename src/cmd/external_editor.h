#pragma once
// Texts that are edited in a program of the user's choice.

#include <string>

namespace cria::cmd {

// The setting `editor`, $VISUAL, $EDITOR, or vi.
std::string external_editor();

// What becomes of the text, without newlines at its end. Internal: the program says that it failed;
// errors of the temporary file.
std::string edit_externally(const std::string& text, const std::string& editor);

}  // namespace cria::cmd
