#pragma once
// Aligned columns of text.

#include <string>
#include <vector>

namespace cria::cmd {

class Table {
 public:
  enum class Align { kLeft, kRight };
  // Columns without an alignment are left-aligned.
  explicit Table(std::vector<Align> alignment = {}, std::string indent = "")
      : alignment_(std::move(alignment)), indent_(std::move(indent)) {}

  void row(std::vector<std::string> cells) { rows_.push_back(std::move(cells)); }
  bool empty() const { return rows_.empty(); }
  // One line per row; no spaces at the end of a line.
  std::string text() const;

 private:
  std::vector<Align> alignment_;
  std::string indent_;
  std::vector<std::vector<std::string>> rows_;
};

}  // namespace cria::cmd
