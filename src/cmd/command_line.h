#pragma once
// From arguments to a command.

#include <string>
#include <vector>

namespace cria::cmd {

// Runs the command and returns the program's exit status; 2 for arguments that make no sense, which
// are explained on standard error. Errors of the command are thrown.
int run_command_line(std::vector<std::string> arguments);

}  // namespace cria::cmd
