#pragma once
// Commands at the prompt of `cria run`.

#include <string_view>

#include "cmd/line_editor.h"
#include "cmd/session.h"

namespace cria::cmd {

enum class AfterCommand { kStay, kLeave };

// InvalidArgument: an unknown command, or one that is used wrongly.
AfterCommand run_slash_command(std::string_view line, Session& session, LineEditor& editor);

}  // namespace cria::cmd
