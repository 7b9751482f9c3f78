#include "modelfile/modelfile.h"

#include "base/error.h"
#include "modelfile/quotes.h"

namespace cria::modelfile {

std::string Modelfile::text() const {
  std::string out;
  const auto line = [&](std::string_view command, std::string_view value) {
    out += concat(command, ' ', quoted(value), '\n');
  };
  for (const std::string& model : from) line("FROM", model);
  for (const std::string& path : adapters) line("ADAPTER", path);
  for (const std::string& model : drafts) line("DRAFT", model);
  if (chat_template) line("TEMPLATE", *chat_template);
  if (!renderer.empty()) line("RENDERER", renderer);
  if (!parser.empty()) line("PARSER", parser);
  if (system) line("SYSTEM", *system);
  for (const auto& [name, value] : parameter_lines(parameters)) line("PARAMETER " + name, value);
  for (const Message& message : messages) line("MESSAGE " + message.role, message.content);
  for (const std::string& license : licenses) line("LICENSE", license);
  if (!required.empty()) line("REQUIRES", required);
  return out;
}

}  // namespace cria::modelfile
