#pragma once
// Builds small precompiled_charsmap's from rules.

#include <cstdint>
#include <map>
#include <string>
#include <utility>
#include <vector>

namespace cria::tokenizer::test {

using Rules = std::vector<std::pair<std::string, std::string>>;  // from, to

class CharsmapBuilder {
 public:
  explicit CharsmapBuilder(const Rules& rules) {
    std::map<std::string, uint32_t> places;
    for (const auto& [key, replacement] : rules) {
      places[key] = static_cast<uint32_t>(texts_.size());
      texts_ += replacement + '\0';
    }
    units.resize(256);
    add(0, places, 0);
  }

  std::string bytes() const {
    std::string out = little_endian(static_cast<uint32_t>(4 * units.size()));
    for (const uint32_t unit : units) out += little_endian(unit);
    return out + texts_;
  }

  std::vector<uint32_t> units;  // of the double array

 private:
  // The children of each node have 256 units of their own.
  void add(size_t node, const std::map<std::string, uint32_t>& keys, size_t depth) {
    const size_t base = units.size();
    units.resize(base + 256);
    units[node] |= static_cast<uint32_t>(node ^ base) << 10;
    std::map<unsigned char, std::map<std::string, uint32_t>> below;
    for (const auto& [key, place] : keys) {
      if (key.size() > depth) {
        below[static_cast<unsigned char>(key[depth])][key] = place;
      } else {
        units[node] |= 1u << 8;
        units[base] = 1u << 31 | place;
      }
    }
    for (const auto& [byte, some] : below) {
      units[base + byte] = byte;
      add(base + byte, some, depth + 1);
    }
  }

  static std::string little_endian(uint32_t value) {
    std::string out;
    for (int shift = 0; shift < 32; shift += 8) out += static_cast<char>(value >> shift);
    return out;
  }

  std::string texts_;
};

}  // namespace cria::tokenizer::test
