// Recognises the format of a chat template: renders sample conversations with the template itself
// and compares.

#include <map>
#include <memory>
#include <utility>

#include "base/error.h"
#include "base/log.h"
#include "template/chat.h"
#include "template/jinja/template.h"

namespace cria::chat {
namespace {

// Longer than any; it bounds what an evaluation can cost.
constexpr size_t kLongestTemplate = size_t{1} << 18;

// A conversation from letters, a message each. White space around the content shows whether the
// template trims it.
std::vector<Message> conversation(std::string_view letters) {
  std::vector<Message> messages;
  for (const char letter : letters) {
    const std::string number = std::to_string(messages.size());
    switch (letter) {
      case 's':
        messages.push_back({"system", " \n\n rule " + number + "\nis 'law' \n\n"});
        break;
      case 'u':
        messages.push_back({"user", "\n  question " + number + "?\n\n \"now\" \n "});
        break;
      case 'a':
        messages.push_back({"assistant", "  \nanswer " + number + ".\n \n"});
        break;
      default:  // an assistant that thinks
        messages.push_back({"assistant", "<think>\nhm " + number + "\n</think>\n\nanswer."});
    }
  }
  return messages;
}

std::string text_of(std::span<const Part> parts) {
  std::string text;
  for (const Part& part : parts) text += part.text;
  return text;
}

// What stands in `text` where `frame` has the placeholder.
std::optional<std::string> text_in_place(std::string_view text, std::string_view frame,
                                         std::string_view placeholder) {
  const size_t place = frame.find(placeholder);
  const std::string_view before = frame.substr(0, place);
  const std::string_view after = frame.substr(place + placeholder.size());
  if (text.size() < before.size() + after.size()) return std::nullopt;
  if (!text.starts_with(before) || !text.ends_with(after)) return std::nullopt;
  return std::string(text.substr(before.size(), text.size() - before.size() - after.size()));
}

}  // namespace

// What a template makes of conversations, given the special tokens of a format.
class Samples {
 public:
  Samples(const jinja::Template& chat_template, std::string bos, std::string eos)
      : template_(chat_template), bos_(std::move(bos)), eos_(std::move(eos)) {}

  // Nothing when the template refuses, or does what is not known. Without the BOS in front.
  std::optional<std::string> rendered(std::string_view letters) const {
    jinja::List messages;
    for (const Message& message : conversation(letters)) {
      messages.push_back(jinja::dict({{"role", message.role}, {"content", message.content}}));
    }
    try {
      std::string text = template_.render({{"messages", jinja::list(std::move(messages))},
                                           {"add_generation_prompt", true},
                                           {"bos_token", bos_},
                                           {"eos_token", eos_},
                                           {"tools", jinja::None{}},
                                           {"documents", jinja::None{}}});
      if (text.starts_with(bos_)) text.erase(0, bos_.size());
      return text;
    } catch (const Error& error) {
      if (error.code() != Error::Code::kUnsupported) throw;
      log::debug("chat template, messages ", letters, ": ", error.what());
      return std::nullopt;
    }
  }

  bool agree(const Format& format, std::initializer_list<std::string_view> conversations) const {
    for (const std::string_view letters : conversations) {
      if (rendered(letters) != text_of(format.render(conversation(letters)))) return false;
    }
    return true;
  }

 private:
  const jinja::Template& template_;
  std::string bos_, eos_;
};

bool Format::fit(const Samples& samples) {
  const std::string placeholder = "\x01";
  const auto frame = [&](std::string_view letters) {
    return text_of(render(conversation(letters)));
  };

  const std::optional<std::string> without_system = samples.rendered("u");
  const std::optional<std::string> with_system = samples.rendered("su");
  if (!without_system || !with_system) return false;
  if (*without_system != frame("u")) {
    default_system_ = placeholder;
    default_system_ = text_in_place(*without_system, frame("u"), placeholder);
    if (!default_system_) return false;
  }
  system_prefix_ = placeholder;
  const std::optional<std::string> prefix = text_in_place(*with_system, frame("su"), placeholder);
  if (!prefix) return false;
  system_prefix_ = *prefix;

  if (!samples.agree(*this, {"u", "su", "uau", "suau", "suauau"})) return false;
  if (!samples.agree(*this, {"utu", "sutuau"})) {
    thoughts_ = Thoughts::kDropped;
    if (!samples.agree(*this, {"utu", "sutuau"})) return false;
  }
  if (order_ == Order::kAny && !samples.agree(*this, {"s", "uu", "au", "ua", "ut", "usau", "ssu"}))
    order_ = Order::kAlternating;
  return true;
}

std::optional<Format> Format::recognise(std::string_view chat_template) {
  if (chat_template.size() > kLongestTemplate) return std::nullopt;
  std::unique_ptr<const jinja::Template> program;
  try {
    program = std::make_unique<jinja::Template>(chat_template);
  } catch (const Error& error) {
    if (error.code() != Error::Code::kUnsupported) throw;
    log::debug(error.what());
    return std::nullopt;
  }
  // Only Llama 2 writes EOS by its variable: the text of ours for the others is one that no
  // template can hit.
  const Samples chat_ml(*program, "<s>", "\x01");
  const Samples llama2(*program, "<s>", "</s>");
  const Samples llama3(*program, "<|begin_of_text|>", "\x01");
  for (const Trim trim : {Trim::kNothing, Trim::kContent}) {
    for (const auto& [kind, samples] :
         {std::pair{Kind::kChatMl, &chat_ml}, std::pair{Kind::kLlama2, &llama2},
          std::pair{Kind::kLlama3, &llama3}}) {
      Format format(kind, trim);
      if (kind == Kind::kLlama2) format.order_ = Order::kAlternating;
      if (format.fit(*samples)) return format;
    }
  }
  return std::nullopt;
}

}  // namespace cria::chat
