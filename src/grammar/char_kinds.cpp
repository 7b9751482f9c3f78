#include "grammar/char_kinds.h"

#include <array>
#include <vector>

namespace cria::grammar {
namespace {

const std::array<CharSet, kCharKinds>& sets() {
  static const std::array<CharSet, kCharKinds> kSets{CharSet({{'a', 'z'}}),
                                                     CharSet({{'A', 'Z'}}),
                                                     CharSet({{'0', '9'}}),
                                                     CharSet({{' ', ' '}}),
                                                     CharSet({{'_', '_'}, {'-', '-'}}),
                                                     CharSet({{'!', '!'},
                                                              {'#', ','},
                                                              {'.', '/'},
                                                              {':', '@'},
                                                              {'[', '['},
                                                              {']', '^'},
                                                              {'`', '`'},
                                                              {'{', '~'}}),
                                                     CharSet({{0x80, kLastChar}})};
  return kSets;
}

}  // namespace

CharKinds kind_of(char32_t c) {
  for (size_t kind = 0; kind < kCharKinds; ++kind) {
    if (sets()[kind].contains(c)) return static_cast<CharKinds>(1u << kind);
  }
  return kNever;
}

std::span<const ByteSequence> chars_of_kind(size_t kind) {
  static const auto kSequences = [] {
    std::array<std::vector<ByteSequence>, kCharKinds> of;
    for (size_t i = 0; i < kCharKinds; ++i) of[i] = utf8_sequences(sets()[i]);
    return of;
  }();
  return kSequences[kind];
}

}  // namespace cria::grammar
