#pragma once
// The tables of `cria show` and /show info.

#include <string>

#include "cmd/model_summary.h"
#include "cmd/table.h"

namespace cria::cmd {

// With other sections before the license.
std::string summary_text(const ModelSummary& summary, const std::string& others = "");

// A title and an indented table; nothing when the table is empty.
std::string section(const char* title, const Table& table);

}  // namespace cria::cmd
