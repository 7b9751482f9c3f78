#include "cmd/multiline.h"

#include <utility>

namespace cria::cmd {
namespace {

constexpr std::string_view kQuotes = "\"\"\"";
constexpr std::string_view kSetSystem = "/set system ";  // may be followed by a quoted text

std::string_view without_trailing_space(std::string_view text) {
  return text.substr(0, text.find_last_not_of(" \t\r") + 1);
}

bool ends_with_quotes(std::string_view text) {
  return without_trailing_space(text).ends_with(kQuotes);
}

std::string_view without_quotes(std::string_view text) {
  const std::string_view trimmed = without_trailing_space(text);
  return trimmed.substr(0, trimmed.size() - kQuotes.size());
}

}  // namespace

std::optional<Input> MultilineInput::add(std::string_view line) {
  if (!open_) {
    const std::string_view start = line.starts_with(kSetSystem) ? kSetSystem : "";
    const std::string_view rest = line.substr(start.size());
    if (!rest.starts_with(kQuotes)) return Input{std::string(line), false};
    text_ = start;
    quoted_ = start.empty();
    open_ = true;
    line = rest.substr(kQuotes.size());
    if (line.empty()) return std::nullopt;
  }
  if (!ends_with_quotes(line)) {
    text_ += line;
    text_ += '\n';
    return std::nullopt;
  }
  text_ += without_quotes(line);
  open_ = false;
  return Input{std::exchange(text_, {}), quoted_};
}

}  // namespace cria::cmd
