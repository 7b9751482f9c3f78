#include "cmd/moment.h"

#include <charconv>

#include "cmd/format.h"

namespace cria::cmd {
namespace {

// Takes a number of so many digits, and what stands behind it.
std::optional<int> take(std::string_view& text, size_t digits, std::string_view behind = "") {
  int value = 0;
  if (text.size() < digits + behind.size()) return std::nullopt;
  const auto [end, error] = std::from_chars(text.data(), text.data() + digits, value);
  if (error != std::errc() || end != text.data() + digits || value < 0) return std::nullopt;
  text.remove_prefix(digits);
  if (!text.starts_with(behind)) return std::nullopt;
  text.remove_prefix(behind.size());
  return value;
}

// "Z" or "+01:00", as seconds.
std::optional<int> take_offset(std::string_view text) {
  if (text == "Z" || text == "z") return 0;
  if (!text.starts_with('+') && !text.starts_with('-')) return std::nullopt;
  const int sign = text[0] == '+' ? 1 : -1;
  text.remove_prefix(1);
  const auto hours = take(text, 2, ":"), minutes = take(text, 2);
  if (!hours || !minutes || !text.empty()) return std::nullopt;
  return sign * (*hours * 3600 + *minutes * 60);
}

}  // namespace

std::optional<Moment> parse_moment(std::string_view text) {
  using namespace std::chrono;
  const auto y = take(text, 4, "-"), m = take(text, 2, "-"), d = take(text, 2, "T");
  const auto hour = take(text, 2, ":"), minute = take(text, 2, ":"), second = take(text, 2);
  if (!y || !m || !d || !hour || !minute || !second) return std::nullopt;
  if (text.starts_with('.')) {
    text.remove_prefix(std::min(text.find_first_not_of("0123456789", 1), text.size()));
  }
  const auto offset = take_offset(text);
  const year_month_day day{year(*y), month(static_cast<unsigned>(*m)),
                           std::chrono::day(static_cast<unsigned>(*d))};
  if (!offset || !day.ok()) return std::nullopt;
  return sys_days(day) + hours(*hour) + minutes(*minute) + seconds(*second - *offset);
}

double seconds_since(Moment moment) {
  using namespace std::chrono;
  return duration<double>(system_clock::now() - moment).count();
}

std::string until_text(double seconds) {
  constexpr double kForever = 20.0 * 365 * 24 * 3600;
  if (seconds > kForever) return "Forever";
  std::string text = age_text(seconds);
  constexpr std::string_view kAgo = "ago";
  if (text.ends_with(kAgo)) text.replace(text.size() - kAgo.size(), kAgo.size(), "from now");
  return text;
}

}  // namespace cria::cmd
