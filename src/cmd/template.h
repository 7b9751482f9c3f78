#pragma once
// `cria template`: the prompt that a chat template makes, for people who write templates.

#include <optional>
#include <string>

namespace cria::cmd {

struct TemplateOptions {
  // One of the three.
  std::string model;
  std::string go;     // the file of a Go template
  std::string jinja;  // of a Jinja template
  // One of the two, a file of JSON or "-".
  std::optional<std::string> messages;  // a conversation as /api/chat takes it
  std::optional<std::string> data;      // anything: what the template sees
  std::optional<std::string> now;       // what the template's clock shows
  bool tokens = false;                  // the model's ids in place of the text
};

int render_template(const TemplateOptions& options);

}  // namespace cria::cmd
