#pragma once
// Numbers and text as people read them.

#include <cstdint>
#include <string>
#include <string_view>

namespace cria::cmd {

std::string size_text(int64_t bytes);             // "98 MB", "1.5 GB": decimal units
std::string count_text(int64_t count);            // "134.52M", "8B"
std::string duration_text(double seconds);        // "1.250s", "12.3ms", "1m5.2s"
std::string age_text(double seconds);             // "3 days ago"
std::string short_id(const std::string& digest);  // what tables show of it
std::string fixed(double value, int digits);      // "3.14"

// Control characters, backslashes and bytes that are no UTF-8 as \n, \t, \\, \x1b.
std::string escape(std::string_view text);
// At most `bytes` of it, without cutting a character, and how long it was.
std::string abbreviate(std::string_view text, size_t bytes);

// Adds an item to a list: "a", "a, b", ...
void append_item(std::string& list, std::string_view separator, std::string_view item);

}  // namespace cria::cmd
