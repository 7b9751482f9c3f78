#pragma once
// /set at the prompt of `cria run`.

#include <string_view>

#include "cmd/line_editor.h"
#include "cmd/session.h"

namespace cria::cmd {

// The next word of a text, which is cut off from it with the space after it.
std::string_view next_word(std::string_view& text);

// What stands behind "/set". InvalidArgument, Unsupported; then nothing changes.
void run_set(std::string_view rest, Session& session, LineEditor& editor);

}  // namespace cria::cmd
