#pragma once
// What answers in `cria run`: a model in this process, or a server. `Session` talks with either.

#include <functional>
#include <memory>
#include <optional>
#include <span>
#include <stop_token>
#include <string>
#include <string_view>
#include <vector>

#include "modelfile/parameters.h"

namespace cria::cmd {

struct PictureFile {
  std::string path, bytes;
};

// A message of a conversation.
struct Said {
  std::string role, content;
  std::string thinking{};
  std::vector<std::shared_ptr<const PictureFile>> pictures{};
};

// How answers are to be, as options and /set say it. What is not there is as the model says.
struct Wishes {
  modelfile::Parameters parameters{};
  std::optional<std::string> system{};
  std::string format{};                // as --format takes it; "": any
  std::optional<std::string> think{};  // "true", "false", or how much: "low"
};

// What an answer took, in seconds and tokens.
struct Answered {
  double total = 0, load = 0, prompt = 0, decode = 0;
  int64_t prompt_tokens = 0, cached_tokens = 0, generated_tokens = 0;
  std::string notice{};  // what a user should know about it; or empty
};

// What is known about a model, as /show prints it.
enum class Topic { kInfo, kLicense, kModelfile, kParameters, kSystem, kTemplate };

class Answerer {
 public:
  enum class Part { kThinking, kText };
  // Throwing ends the answer.
  using Receive = std::function<void(Part part, std::string_view piece)>;

  virtual ~Answerer() = default;

  const std::string& model() const { return model_; }
  const Wishes& wishes() const { return wishes_; }
  // InvalidArgument, Unsupported: they cannot be honoured; then nothing changes.
  void set_wishes(Wishes wishes) {
    adopt(wishes);
    wishes_ = std::move(wishes);
  }

  // False: texts are continued, each on its own.
  virtual bool chats() const = 0;
  virtual bool sees() const = 0;
  // Messages that the model comes with; they are before any others.
  virtual std::vector<Said> own_messages() const = 0;

  // The answer to what was said, the last of which is the user's. A stop ends it early.
  virtual Answered answer(std::span<const Said> said, const Receive& receive,
                          const std::stop_token& stop) = 0;

  // Text with a newline at its end; empty: there is none.
  virtual std::string show(Topic topic) const = 0;
  // Stores the model with the wishes, and the conversation behind its own messages.
  virtual void save(const std::string& name, std::span<const Said> said) = 0;
  virtual std::string list_models() = 0;

 protected:
  explicit Answerer(std::string model) : model_(std::move(model)) {}

 private:
  virtual void adopt(const Wishes& wishes) = 0;

  std::string model_;
  Wishes wishes_;
};

}  // namespace cria::cmd
