#pragma once
// Tokens by which models were taught to write what stands between two texts (fill in the middle).

#include <optional>
#include <string>
#include <vector>

#include "fs/gguf/gguf.h"
#include "template/message.h"

namespace cria::registry {

struct InsertTokens {
  std::string before, after, middle;  // texts of tokens

  // A prompt for what stands between the two.
  std::vector<chat::Part> prompt(const std::string& text_before,
                                 const std::string& text_after) const;
};

// As the file's metadata names them, else by their texts; none: the vocabulary has no such.
std::optional<InsertTokens> insert_tokens(const gguf::File& file);

}  // namespace cria::registry
