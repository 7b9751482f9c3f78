#pragma once
// The arguments of every command, declared for CLI11. This header and its source are the only ones
// that know it besides command_line.cpp.

#include <CLI/CLI.hpp>
#include <functional>
#include <string>

namespace cria::cmd {

using Action = std::function<int()>;

// Parsing a command sets `action` to what it does.
void declare_commands(CLI::App& app, Action& action);

// CLI11 takes "[a,b]" apart where it expects many values, which would damage prompts: arguments are
// parsed in a protected form, and options that hold text undo it.
std::string protect(std::string argument);

}  // namespace cria::cmd
