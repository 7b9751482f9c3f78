#include "grammar/control_tokens.h"

#include <algorithm>
#include <utility>

namespace cria::grammar {
namespace {

constexpr char kMark = '\xff';

}  // namespace

ControlTokens::ControlTokens(std::vector<std::string> texts) : texts_(std::move(texts)) {
  std::erase(texts_, "");
  std::ranges::sort(texts_, std::ranges::greater(), &std::string::size);
}

std::string ControlTokens::bytes(std::string_view text) {
  return std::string(1, kMark).append(text);
}

std::string ControlTokens::mark(std::string_view text) const {
  std::string marked;
  while (!text.empty()) {
    const auto token = std::ranges::find_if(
        texts_, [&](const std::string& control) { return text.starts_with(control); });
    const bool found = token != texts_.end();
    const size_t length = found ? token->size() : 1;
    marked += found ? bytes(*token) : std::string(text.substr(0, 1));
    text.remove_prefix(length);
  }
  return marked;
}

}  // namespace cria::grammar
