// Any bytes are taken as a chat template: recognised or not, and what is recognised renders a
// conversation.
#include <cstddef>
#include <cstdint>
#include <string_view>
#include <vector>

#include "base/error.h"
#include "template/chat.h"

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  if (const auto format = cria::chat::Format::recognise(text)) {
    const std::vector<cria::chat::Message> messages = {{"system", "s"}, {"user", "u"}};
    CRIA_CHECK(!format->render(messages).empty());
  }
  return 0;
}
