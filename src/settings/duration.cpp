#include "settings/duration.h"

#include <array>
#include <charconv>
#include <cmath>

#include "base/error.h"
#include "base/quote.h"

namespace cria::settings {
namespace {

struct Unit {
  std::string_view name;
  double nanoseconds;
};
// Longer names before those that they begin with.
constexpr std::array<Unit, 8> kUnits{{{"ns", 1},
                                      {"us", 1e3},
                                      {"\u00b5s", 1e3},
                                      {"\u03bcs", 1e3},
                                      {"ms", 1e6},
                                      {"s", 1e9},
                                      {"m", 60e9},
                                      {"h", 3600e9}}};
constexpr double kMost = 9.2e18;  // what 64 bits of nanoseconds hold

// A number without a sign, taken off the front.
std::optional<double> take_number(std::string_view& text) {
  const size_t length = std::min(text.find_first_not_of("0123456789."), text.size());
  double value = 0;
  const char* const end = text.data() + length;
  const auto [stopped, error] = std::from_chars(text.data(), end, value);
  if (length == 0 || error != std::errc() || stopped != end) return std::nullopt;
  text.remove_prefix(length);
  return value;
}

std::optional<double> take_unit(std::string_view& text) {
  for (const Unit& unit : kUnits) {
    if (!text.starts_with(unit.name)) continue;
    text.remove_prefix(unit.name.size());
    return unit.nanoseconds;
  }
  return std::nullopt;
}

}  // namespace

std::optional<Nanoseconds> parse_duration(std::string_view text) {
  const bool negative = text.starts_with('-');
  if (negative || text.starts_with('+')) text.remove_prefix(1);
  if (text == "0") return Nanoseconds{0};
  if (text.empty()) return std::nullopt;
  double sum = 0;
  while (!text.empty()) {
    const auto number = take_number(text);
    const auto unit = number ? take_unit(text) : std::nullopt;
    if (!unit) return std::nullopt;
    sum += *number * *unit;
  }
  if (!(sum <= kMost)) return std::nullopt;
  const auto count = static_cast<int64_t>(std::llround(sum));
  return Nanoseconds{negative ? -count : count};
}

std::optional<Nanoseconds> parse_keep_alive(std::string_view text) {
  std::optional<Nanoseconds> duration = parse_duration(text);
  int64_t seconds = 0;
  const char* const end = text.data() + text.size();
  const auto [stopped, error] = std::from_chars(text.data(), end, seconds);
  const bool is_number = !text.empty() && stopped == end;
  if (is_number && error == std::errc() && std::abs(static_cast<double>(seconds)) < kMost / 1e9) {
    duration = std::chrono::seconds{seconds};
  } else if (is_number) {
    return std::nullopt;  // longer than anything lasts
  }
  if (!duration) {
    fail(Error::Code::kInvalidArgument, "a time of ", quote(text),
         ", expected one such as 5m, 1h30m, a number of seconds, or -1 for ever");
  }
  return *duration < Nanoseconds{0} ? std::nullopt : duration;
}

std::string duration_text(Nanoseconds duration) {
  const auto count = duration.count();
  if (count == 0) return "0s";
  const std::string sign = count < 0 ? "-" : "";
  const auto magnitude = count < 0 ? -static_cast<uint64_t>(count) : static_cast<uint64_t>(count);
  const auto fraction = [](uint64_t whole, uint64_t part, int digits) {
    std::string text = std::to_string(whole);
    if (part == 0) return text;
    std::string decimals = std::to_string(part);
    decimals.insert(0, static_cast<size_t>(digits) - decimals.size(), '0');
    decimals.erase(decimals.find_last_not_of('0') + 1);
    return text + "." + decimals;
  };
  if (magnitude < 1000) return concat(sign, magnitude, "ns");
  if (magnitude < 1000000)
    return concat(sign, fraction(magnitude / 1000, magnitude % 1000, 3), "\u00b5s");
  if (magnitude < 1000000000) {
    return concat(sign, fraction(magnitude / 1000000, magnitude % 1000000, 6), "ms");
  }
  const uint64_t seconds = magnitude / 1000000000, rest = magnitude % 1000000000;
  std::string text = sign;
  if (seconds >= 3600) text += concat(seconds / 3600, "h");
  if (seconds >= 60) text += concat(seconds / 60 % 60, "m");
  return text + fraction(seconds % 60, rest, 9) + "s";
}

}  // namespace cria::settings
