#include "tokenizer/charsmap.h"

#include <cstdint>
#include <vector>

#include "base/error.h"
#include "tokenizer/unicode.h"

namespace cria::tokenizer {
namespace {

using Code = Error::Code;

constexpr const char* kName = "precompiled_charsmap: ";
constexpr size_t kUnitBytes = 4;
constexpr size_t kLongestRule = 256;            // bytes; it bounds the work per character
constexpr size_t kMostNodes = size_t{1} << 22;  // four for each character that there is

uint32_t little_endian(std::string_view bytes) {
  uint32_t value = 0;
  for (size_t i = kUnitBytes; i-- > 0;) {
    value = value << 8 | static_cast<unsigned char>(bytes[i]);
  }
  return value;
}

// Walks through all keys of a double array. The child of a node by a byte is at the node's base,
// exclusive or the byte, if the unit there has that byte as its label.
class DoubleArray {
 public:
  explicit DoubleArray(std::string_view units) : units_(units) {}

  struct Rule {
    std::string key;
    uint32_t value = 0;
  };
  std::vector<Rule> rules() {
    if (units_.empty()) fail(Code::kCorrupt, kName, "has no nodes");
    visit(base_of(0));
    return std::move(rules_);
  }

 private:
  size_t size() const { return units_.size() / kUnitBytes; }
  uint32_t unit(size_t index) const { return little_endian(units_.substr(index * kUnitBytes)); }
  size_t base_of(size_t node) const {
    const uint32_t bits = unit(node);
    return node ^ (size_t{bits >> 10} << ((bits & 1u << 9) >> 6));
  }
  static bool has_value(uint32_t bits) { return bits >> 8 & 1; }
  // Units that hold a value have no label.
  static uint32_t label(uint32_t bits) { return bits & (1u << 31 | 0xff); }

  void visit(size_t base) {
    for (uint32_t byte = 1; byte < 256; ++byte) {
      const size_t node = base ^ byte;
      if (node >= size() || label(unit(node)) != byte) continue;
      if (++nodes_ > kMostNodes || key_.size() == kLongestRule) {
        fail(Code::kCorrupt, kName, "has more than ", kMostNodes, " nodes, or rules for more than ",
             kLongestRule, " bytes");
      }
      key_ += static_cast<char>(byte);
      const size_t below = base_of(node);
      if (has_value(unit(node))) {
        if (below >= size()) {
          fail(Code::kCorrupt, kName, "node ", node, " has its value at ", below,
               ", expected below ", size());
        }
        rules_.push_back({key_, unit(below) & ~(1u << 31)});
      }
      visit(below);
      key_.pop_back();
    }
  }

  std::string_view units_;
  std::vector<Rule> rules_;
  std::string key_;
  size_t nodes_ = 0;
};

std::string_view text_at(std::string_view texts, size_t place) {
  return texts.substr(place, texts.find('\0', place) - place);
}

}  // namespace

Charsmap::Charsmap(std::string_view bytes) {
  if (bytes.empty()) return;
  const size_t size = bytes.size() < kUnitBytes ? 0 : little_endian(bytes);
  if (bytes.size() < kUnitBytes || size % kUnitBytes != 0 || size >= bytes.size() - kUnitBytes) {
    fail(Code::kCorrupt, kName, "has ", bytes.size(), " bytes, of which ", size,
         " are nodes, expected whole ones and texts behind them");
  }
  replacements_ = bytes.substr(kUnitBytes + size);
  if (replacements_.back() != '\0') {
    fail(Code::kCorrupt, kName, "does not end with the zero of a text");
  }
  const std::vector<DoubleArray::Rule> rules = DoubleArray(bytes.substr(kUnitBytes, size)).rules();
  std::vector<Trie::Entry> entries;
  entries.reserve(rules.size());
  for (const auto& [key, place] : rules) {
    if (place >= replacements_.size()) {
      fail(Code::kCorrupt, kName, "a rule's text is at ", place, ", expected below ",
           replacements_.size());
    }
    if (!is_valid_utf8(key) || !is_valid_utf8(text_at(replacements_, place))) {
      fail(Code::kCorrupt, kName, "has a rule that is not valid UTF-8");
    }
    entries.emplace_back(key, static_cast<int32_t>(place));
  }
  rules_ = Trie(std::move(entries));
}

Charsmap::Match Charsmap::longest(std::string_view text) const {
  Match match;
  int32_t place = -1;
  rules_.for_each_prefix(text, [&](size_t length, int32_t value) {
    match.length = length;
    place = value;
  });
  if (place >= 0) match.replacement = text_at(replacements_, static_cast<size_t>(place));
  return match;
}

}  // namespace cria::tokenizer
