#pragma once
// The tables of `cria show` and /show info.

#include <string>
#include <string_view>

#include "cmd/model_summary.h"
#include "cmd/table.h"

namespace cria::cmd {

// With other sections before the license.
std::string summary_text(const ModelSummary& summary, const std::string& others = "");

// The first lines of a text that are not empty, as rows.
Table first_lines(std::string_view text, size_t most = 2);

// A title and an indented table; nothing when the table is empty.
std::string section(const char* title, const Table& table);

}  // namespace cria::cmd
