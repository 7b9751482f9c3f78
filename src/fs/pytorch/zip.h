#pragma once
// Finds the entries of a zip archive that stores them as they are, as PyTorch writes it. Nothing is
// ever extracted: names are keys, and data stays where it is.

#include <cstddef>
#include <map>
#include <span>
#include <string>
#include <string_view>

namespace cria::pytorch {

using Entries = std::map<std::string, std::span<const std::byte>, std::less<>>;

// Corrupt: what is no archive, is damaged, or has names that would leave its folder. Unsupported:
// compressed, encrypted or split archives. `file` is for messages.
Entries read_zip(std::span<const std::byte> bytes, const std::string& file);

}  // namespace cria::pytorch
