#include "cmd/progress_text.h"

#include <algorithm>
#include <cmath>

#include "base/error.h"
#include "cmd/format.h"

namespace cria::cmd {
namespace {

double fraction(const ProgressState& state) {
  if (state.total == 0) return 0;
  return std::min(1.0, static_cast<double>(state.done) / static_cast<double>(state.total));
}

// Whole seconds, as nobody reads more of a guess.
std::string rounded_duration(double seconds) {
  const auto whole = static_cast<int64_t>(std::ceil(seconds));
  const int64_t hours = whole / 3600, minutes = whole / 60 % 60;
  if (hours > 0) return concat(hours, "h", minutes, "m");
  return minutes > 0 ? concat(minutes, "m", whole % 60, "s") : concat(whole, "s");
}

}  // namespace

std::string progress_text(const ProgressState& state, std::string_view unit) {
  const bool of_bytes = unit == "bytes";
  std::string text = concat(static_cast<int>(fraction(state) * 100), "%");
  const auto amount = [&](uint64_t count) {
    return of_bytes ? size_text(static_cast<int64_t>(count)) : std::to_string(count);
  };
  append_item(text, ", ", concat(amount(state.done), " of ", amount(state.total)));
  if (!of_bytes) text += concat(' ', unit);
  if (state.done == 0 || state.seconds <= 0) return text;
  const double speed = static_cast<double>(state.done) / state.seconds;
  if (of_bytes) append_item(text, ", ", size_text(static_cast<int64_t>(speed)) + "/s");
  const uint64_t left = state.total - std::min(state.done, state.total);
  append_item(text, ", ", rounded_duration(static_cast<double>(left) / speed) + " left");
  return text;
}

std::string progress_bar(const ProgressState& state, int columns) {
  const auto full = static_cast<size_t>(fraction(state) * columns);
  return concat('[', std::string(full, '#'), std::string(static_cast<size_t>(columns) - full, ' '),
                ']');
}

}  // namespace cria::cmd
