#pragma once
// The interactive prompt of `cria run`: texts are answered, lines that start with a slash are
// commands.

#include "cmd/session.h"

namespace cria::cmd {

// Until the user leaves. Errors of an answer or a command are shown and do not end it.
void repl(Session& session);

}  // namespace cria::cmd
