#pragma once
// What makes a prompt of a conversation, in whatever language it is written.

#include <ctime>
#include <string_view>
#include <vector>

#include "template/message.h"

namespace cria::chat {

struct RenderOptions {
  std::time_t now = std::time(nullptr);
};

class ChatTemplate {
 public:
  virtual ~ChatTemplate() = default;

  virtual std::string_view language() const = 0;  // "go", "jinja"
  // Whether it shows tools, or knows of thoughts.
  virtual bool takes_tools() const = 0;
  virtual bool thinks() const = 0;
  // Whether it can ask for what stands between two texts.
  virtual bool takes_suffix() const { return false; }

  // InvalidArgument: the template fails on it, or refuses it with a message of its own.
  virtual std::vector<Part> render(const Conversation& conversation,
                                   const RenderOptions& options) const = 0;
};

}  // namespace cria::chat
