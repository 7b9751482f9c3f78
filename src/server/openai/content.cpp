#include "server/openai/content.h"

#include <nlohmann/json.hpp>

#include "base/error.h"
#include "server/requests/base64.h"

namespace cria::server::openai {
namespace {

using Json = nlohmann::ordered_json;

void add_text(Turn& turn, const std::string& text, bool is_first) {
  if (!is_first) turn.message.content += '\n';
  turn.message.content += text;
}

// {"url": "data:...", "detail": "auto"}, or only the URL.
std::string read_picture(const Fields& part, Warnings& warnings) {
  const auto note_detail = [&](const Fields& fields) {
    const std::string detail = fields.text("detail", "auto");
    if (detail != "auto") warn(warnings, fields.place("detail") + " has no effect");
  };
  if (part.has("file_id")) part.refuse("file_id", "none: no files are kept here");
  const Json& picture = part.need("image_url");
  note_detail(part);
  if (picture.is_string()) {
    return decode_picture_url(picture.get_ref<const std::string&>(), part.place("image_url"));
  }
  const Fields fields(picture, part.place("image_url"));
  note_detail(fields);
  warn_of_unread(warnings, fields);
  return decode_picture_url(fields.needed_text("url"), fields.place("url"));
}

}  // namespace

void read_content(const Fields& message, std::string_view name, Turn& turn, Warnings& warnings) {
  const Json* content = message.find(name);
  if (!content) return;
  if (content->is_string()) {
    turn.message.content = content->get<std::string>();
    return;
  }
  if (!content->is_array()) message.refuse(name, "a text or a list of parts");
  bool is_first = true;
  for (size_t i = 0; i < content->size(); ++i) {
    const Fields part((*content)[i], concat(message.place(name), '[', i, ']'));
    const std::string type = part.needed_text("type");
    if (type == "text" || type == "input_text" || type == "output_text") {
      add_text(turn, part.text("text"), std::exchange(is_first, false));
    } else if (type == "refusal") {
      add_text(turn, part.text("refusal"), std::exchange(is_first, false));
    } else if (type == "image_url" || type == "input_image") {
      turn.images.push_back(read_picture(part, warnings));
    } else {
      part.refuse("type", "a text or a picture: no model here takes anything else");
    }
    accept(part, {"annotations", "logprobs", "prompt_cache_breakpoint"});
    warn_of_unread(warnings, part);
  }
  turn.message.images = static_cast<int64_t>(turn.images.size());
}

}  // namespace cria::server::openai
