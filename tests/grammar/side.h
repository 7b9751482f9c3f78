#pragma once
// What both engines do, so that one program can walk either.

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "vocabulary.h"

namespace cria::grammar {

// One text on its way through a grammar.
class Walker {
 public:
  virtual ~Walker() = default;
  virtual std::unique_ptr<Walker> copy() const = 0;
  // A bit per token, the lowest of each word first. Error: the engine gave up.
  virtual std::vector<uint64_t> mask() = 0;
  virtual void accept(int32_t token) = 0;
};

// Error: the grammar is refused.
std::unique_ptr<Walker> our_walker(const Tokens& tokens, const std::string& kind,
                                   const std::string& text);
std::unique_ptr<Walker> their_walker(const Tokens& tokens, const std::string& kind,
                                     const std::string& text);

// Whether each text fits, as our engine says.
std::vector<bool> fits(const std::string& kind, const std::string& text,
                       const std::vector<std::string>& texts);

}  // namespace cria::grammar
