#pragma once
// A model's vocabulary, as both sides take it.

#include <cstdint>
#include <string>
#include <vector>

namespace cria::grammar {

struct Tokens {
  std::vector<std::string> bytes;  // control tokens: none
  std::vector<std::string> names;  // of control tokens
  std::vector<int32_t> ends;
};

Tokens tokens_of(const char* path);  // a GGUF file

}  // namespace cria::grammar
