#include "cmd/format.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <cstdio>

#include "base/error.h"
#include "cmd/utf8.h"

namespace cria::cmd {
namespace {

std::string without_trailing_zeros(std::string number) {
  if (number.find('.') == std::string::npos) return number;
  number.erase(number.find_last_not_of('0') + 1);
  if (number.back() == '.') number.pop_back();
  return number;
}

// C0, DEL and C1, which terminals obey.
bool is_control(std::string_view character) {
  const auto first = static_cast<unsigned char>(character[0]);
  if (character.size() == 1) return first < 0x20 || first == 0x7f;
  return first == 0xc2 && static_cast<unsigned char>(character[1]) < 0xa0;
}

std::string hexadecimal(char byte) {
  std::array<char, 8> buffer{};
  std::snprintf(buffer.data(), buffer.size(), "\\x%02x", static_cast<unsigned char>(byte));
  return buffer.data();
}

std::string plural(int64_t count, const char* unit) {
  return concat(count, " ", unit, count == 1 ? "" : "s", " ago");
}

}  // namespace

std::string short_id(const std::string& digest) {
  constexpr size_t kDigits = 12;
  return digest.substr(0, kDigits);
}

std::string fixed(double value, int digits) {
  std::array<char, 400> buffer{};  // the largest double has 309 digits before the point
  std::snprintf(buffer.data(), buffer.size(), "%.*f", digits, value);
  return buffer.data();
}

std::string size_text(int64_t bytes) {
  constexpr std::array kUnits{"B", "KB", "MB", "GB", "TB", "PB", "EB"};
  double value = static_cast<double>(bytes);
  size_t unit = 0;
  for (; value >= 1000 && unit + 1 < kUnits.size(); ++unit) value /= 1000;
  // Cut, not rounded: 999.9 MB is not 1000 MB.
  const double shown = value >= 10 ? std::trunc(value) : std::trunc(value * 10) / 10;
  return concat(without_trailing_zeros(fixed(shown, 1)), " ", kUnits[unit]);
}

std::string count_text(int64_t count) {
  const double value = static_cast<double>(count);
  if (value >= 1e9) return without_trailing_zeros(fixed(value / 1e9, 1)) + "B";
  if (value >= 1e6) return without_trailing_zeros(fixed(value / 1e6, 2)) + "M";
  if (value >= 1e3) return fixed(value / 1e3, 0) + "K";
  return std::to_string(count);
}

std::string duration_text(double seconds) {
  if (!(seconds > 0)) return "0s";
  if (seconds < 1e-3) return without_trailing_zeros(fixed(seconds * 1e6, 1)) + "\u00b5s";
  if (seconds < 1) return without_trailing_zeros(fixed(seconds * 1e3, 3)) + "ms";
  const auto minutes = static_cast<int64_t>(seconds / 60);
  std::string rest =
      without_trailing_zeros(fixed(seconds - 60.0 * static_cast<double>(minutes), 3));
  rest += "s";
  if (minutes == 0) return rest;
  if (minutes < 60) return concat(minutes, "m", rest);
  return concat(minutes / 60, "h", minutes % 60, "m", rest);
}

std::string age_text(double seconds) {
  const auto whole = static_cast<int64_t>(std::max(0.0, seconds));
  const int64_t minutes = whole / 60;
  const int64_t hours = (whole + 1800) / 3600;
  const int64_t days = hours / 24;
  if (whole < 1) return "Less than a second ago";
  if (whole < 60) return plural(whole, "second");
  if (minutes == 1) return "About a minute ago";
  if (minutes < 60) return plural(minutes, "minute");
  if (hours == 1) return "About an hour ago";
  if (hours < 48) return plural(hours, "hour");
  if (days < 14) return plural(days, "day");
  if (days < 60) return plural(days / 7, "week");
  if (days < 730) return plural(days / 30, "month");
  return plural(days / 365, "year");
}

std::string escape(std::string_view text) {
  std::string out;
  while (!text.empty()) {
    const size_t length = utf8_length(text);
    const auto byte = static_cast<unsigned char>(text[0]);
    if (byte == '\n') {
      out += "\\n";
    } else if (byte == '\t') {
      out += "\\t";
    } else if (byte == '\r') {
      out += "\\r";
    } else if (byte == '\\') {
      out += "\\\\";
    } else if (length == 0 || is_control(text.substr(0, length))) {
      for (const char c : text.substr(0, std::max<size_t>(1, length))) out += hexadecimal(c);
    } else {
      out += text.substr(0, length);
    }
    text.remove_prefix(length == 0 ? 1 : length);
  }
  return out;
}

void append_item(std::string& list, std::string_view separator, std::string_view item) {
  if (!list.empty()) list += separator;
  list += item;
}

std::string abbreviate(std::string_view text, size_t bytes) {
  if (text.size() <= bytes) return std::string(text);
  size_t end = bytes;
  while (end > 0 && (static_cast<unsigned char>(text[end]) & 0xc0) == 0x80) --end;
  return concat(text.substr(0, end), "... (", text.size(), " bytes)");
}

}  // namespace cria::cmd
