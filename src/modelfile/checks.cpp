#include "modelfile/checks.h"

#include <algorithm>

#include "base/error.h"
#include "base/quote.h"

namespace cria::modelfile {
namespace {

// Digits in three parts between dots, and what may come after them.
bool is_version(std::string_view text) {
  if (text.starts_with('v')) text.remove_prefix(1);
  for (int part = 0; part < 3; ++part) {
    const size_t digits = std::min(text.find_first_not_of("0123456789"), text.size());
    if (digits == 0 || (digits > 1 && text[0] == '0')) return false;
    text.remove_prefix(digits);
    if (part == 2) break;
    if (!text.starts_with('.')) return false;
    text.remove_prefix(1);
  }
  if (text.empty()) return true;
  const auto allowed = [](char c) {
    return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '.' ||
           c == '-' || c == '+';
  };
  return (text[0] == '-' || text[0] == '+') && text.size() > 1 &&
         std::ranges::all_of(text, allowed);
}

}  // namespace

void check_role(std::string_view role) {
  if (role == "system" || role == "user" || role == "assistant") return;
  fail(Error::Code::kInvalidArgument,
       R"(message role must be one of "system", "user", or "assistant", not )", quote(role));
}

void check_version(std::string_view version) {
  if (is_version(version)) return;
  fail(Error::Code::kInvalidArgument, "requires must be a valid semver (e.g. 0.14.0), not ",
       quote(version));
}

}  // namespace cria::modelfile
