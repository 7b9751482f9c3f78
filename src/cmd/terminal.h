#pragma once
// What is to be known about terminals.

namespace cria::cmd {

int terminal_columns(int file_descriptor);  // 80 when it does not say
bool has_input(int file_descriptor);        // that can be read without waiting

// Without a locale of UTF-8 the C library would take characters apart.
void use_utf8_locale();

}  // namespace cria::cmd
