#pragma once
// What a model can do, as its template and its file tell.

#include <optional>
#include <string>
#include <vector>

#include "fs/gguf/gguf.h"

namespace cria::registry {

// Of completion, embedding, vision, tools, insert and thinking; the last three are what the chat
// template reads, and where it is none of Go, insert is what the vocabulary has tokens for.
// `go_template` is that of a TEMPLATE, which stands before the file's own; `sees` what
// model::sees() says.
std::vector<std::string> capabilities(const gguf::File& file,
                                      const std::optional<std::string>& go_template, bool sees);

}  // namespace cria::registry
