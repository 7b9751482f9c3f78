#pragma once
// Modelfiles: what a model is made of, line by line, as Ollama reads and writes them.

#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "modelfile/parameters.h"

namespace cria::modelfile {

struct Message {
  std::string role, content;  // the role is system, user or assistant

  bool operator==(const Message&) const = default;
};

struct Modelfile {
  std::vector<std::string> from;      // names of models, or paths: as they are written
  std::vector<std::string> adapters;  // paths
  std::vector<std::string> drafts;    // of models that draft for this one, as in `from`
  // Not there is not empty: an empty one takes away what the model came with.
  std::optional<std::string> chat_template, system;
  std::string renderer, parser;  // names of what replaces the template
  std::string required;          // version of Ollama that it needs at least
  Parameters parameters;
  std::vector<Message> messages;
  std::vector<std::string> licenses;

  // UTF-8, or UTF-16 with its mark. `notice` is told what is accepted without effect.
  // InvalidArgument: "(line 3): what is wrong", or "no FROM line".
  static Modelfile parse(std::string_view bytes,
                         const std::function<void(const std::string& text)>& notice = {});

  // Lines that parse() makes the same of. Unsupported: a text that no quotes can hold, such as one
  // with quotes at the ends of lines.
  std::string text() const;

  bool operator==(const Modelfile&) const = default;
};

}  // namespace cria::modelfile
