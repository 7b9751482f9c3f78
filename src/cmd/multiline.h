#pragma once
// Lines typed at the prompt to inputs: """ at the start of an input opens one of many lines, """ at
// the end of a line closes it.

#include <optional>
#include <string>
#include <string_view>

namespace cria::cmd {

struct Input {
  std::string text;
  bool quoted = false;  // began with """: never a command
};

class MultilineInput {
 public:
  // Takes a line; returns the input when it is complete, without the quotes.
  std::optional<Input> add(std::string_view line);
  bool open() const { return open_; }
  void clear() { *this = MultilineInput(); }

 private:
  bool open_ = false, quoted_ = false;
  std::string text_;
};

}  // namespace cria::cmd
