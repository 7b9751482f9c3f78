#pragma once
// The chat template that a model's file comes with, or the TEMPLATE that stands before it.

#include <optional>
#include <string>

#include "fs/gguf/gguf.h"
#include "template/find.h"

namespace cria::registry {

// `go_template` is a stored model's text of kTemplateLayer.
chat::FoundTemplate find_chat_template(const gguf::File& file,
                                       const std::optional<std::string>& go_template);

}  // namespace cria::registry
