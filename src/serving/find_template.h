#pragma once
// The chat template of a model.

#include <memory>
#include <optional>
#include <string>

#include "fs/gguf/gguf.h"
#include "template/chat_template.h"

namespace cria::serving {

struct FoundTemplate {
  std::unique_ptr<chat::ChatTemplate> made = {};  // null: none, or one that cannot be used
  std::string problem = {};                       // why it cannot
};

// A Go template that the model was stored with stands before that in its file.
FoundTemplate find_template(const std::optional<std::string>& go, const gguf::File& file);

}  // namespace cria::serving
