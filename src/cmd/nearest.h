#pragma once
// "Did you mean": the known word nearest to a mistyped one.

#include <span>
#include <string>
#include <string_view>

namespace cria::cmd {

// Insertions, deletions, replacements and swaps of neighbours that lead from one word to the other.
size_t edit_distance(std::string_view a, std::string_view b);

// The nearest of the candidates, or "" when none is near.
std::string nearest(std::string_view word, std::span<const std::string> candidates);

}  // namespace cria::cmd
