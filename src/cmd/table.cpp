#include "cmd/table.h"

#include <algorithm>

#include "cmd/utf8.h"

namespace cria::cmd {

std::string Table::text() const {
  std::vector<size_t> widths;
  for (const auto& cells : rows_) {
    if (cells.size() > widths.size()) widths.resize(cells.size());
    for (size_t i = 0; i < cells.size(); ++i) widths[i] = std::max(widths[i], utf8_count(cells[i]));
  }
  std::string out;
  for (const auto& cells : rows_) {
    std::string line = indent_;
    for (size_t i = 0; i < cells.size(); ++i) {
      const std::string padding(widths[i] - utf8_count(cells[i]), ' ');
      const bool right = i < alignment_.size() && alignment_[i] == Align::kRight;
      if (i > 0) line += "    ";
      line += right ? padding + cells[i] : cells[i] + padding;
    }
    line.erase(line.find_last_not_of(' ') + 1);
    out += line + "\n";
  }
  return out;
}

}  // namespace cria::cmd
