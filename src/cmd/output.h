#pragma once
// Standard output and error. A write that fails is an Error, except to a closed pipe, which ends
// the process quietly by SIGPIPE.

#include <string_view>

namespace cria::cmd {

void print(std::string_view text);
void flush();  // what print() wrote is passed on

// One line to standard error, after "cria: ".
void notice(std::string_view line);

bool output_is_terminal();
bool error_is_terminal();
bool input_is_terminal();

}  // namespace cria::cmd
