#include <algorithm>
#include <array>

#include "base/error.h"
#include "base/quote.h"
#include "modelfile/checks.h"
#include "modelfile/encoding.h"
#include "modelfile/modelfile.h"
#include "modelfile/quotes.h"

namespace cria::modelfile {
namespace {

constexpr std::string_view kLineEnds = "\r\n";
constexpr auto kNone = std::string_view::npos;

std::string lower(std::string_view text) {
  std::string out(text);
  for (char& c : out) c = c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
  return out;
}

class Parser {
 public:
  Parser(std::string_view text, const std::function<void(const std::string&)>& notice)
      : text_(text), notice_(notice) {}

  Modelfile parse() {
    while (skip_to_command()) {
      try {
        command();
      } catch (const Error& error) {
        fail(error.code(), "(line ", line_, "): ", error.what());
      }
    }
    if (result_.from.empty()) fail(Error::Code::kInvalidArgument, "no FROM line");
    return std::move(result_);
  }

 private:
  // False at the end.
  bool skip_to_command() {
    for (;;) {
      skip(kSpace);
      if (at_ >= text_.size()) return false;
      if (text_[at_] != '#') return true;
      at_ = std::min(text_.find_first_of(kLineEnds, at_), text_.size());
    }
  }

  void skip(std::string_view characters) {
    move_to(std::min(text_.find_first_not_of(characters, at_), text_.size()));
  }

  void move_to(size_t position) {
    line_ += std::ranges::count(text_.substr(at_, position - at_), '\n');
    at_ = position;
  }

  // What stands before the next space, which must be in the same line.
  std::string_view word(std::string_view what) {
    const size_t end = text_.find_first_of(kSpace, at_);
    const std::string_view found = text_.substr(at_, end - at_);
    at_ = std::min(end, text_.size());
    skip(" \t");
    if (end == kNone || kLineEnds.find(text_[end]) != kNone) {
      fail(Error::Code::kInvalidArgument, "unexpected end of the line after ", what, ' ',
           quote(found), ", expected a value");
    }
    return found;
  }

  std::string value() {
    const size_t begin = at_;
    for (size_t end = begin; end != kNone;) {
      end = text_.find_first_of(kLineEnds, end == begin ? begin : end + 1);
      const auto found = unquoted(trimmed(text_.substr(begin, end - begin)));
      if (!found) continue;
      next_ = std::min(end, text_.size());
      return std::string(*found);
    }
    fail(Error::Code::kInvalidArgument, "unexpected EOF: the quotes that begin here do not end");
  }

  void command() {
    const std::string_view written = text_.substr(at_, text_.find_first_of(kSpace, at_) - at_);
    const std::string name = lower(written);
    constexpr std::array<std::string_view, 11> kCommands{
        "from",     "license", "template",  "system",  "adapter", "draft",
        "renderer", "parser",  "parameter", "message", "requires"};
    if (std::ranges::find(kCommands, name) == kCommands.end()) {
      fail(Error::Code::kInvalidArgument,
           R"(command must be one of "from", "license", "template", "system", "adapter", "draft", )"
           R"("renderer", "parser", "parameter", "message", or "requires", not )",
           quote(written));
    }
    word("command");
    apply(name);
    move_to(next_);
  }

  void apply(const std::string& name) {
    if (name == "parameter") return parameter();
    if (name == "message") return message();
    std::string text = value();
    if (name == "from") {
      require(text, "FROM");
      result_.from.push_back(std::move(text));
    } else if (name == "adapter") {
      require(text, "ADAPTER");
      result_.adapters.push_back(std::move(text));
    } else if (name == "draft") {
      require(text, "DRAFT");
      result_.drafts.push_back(std::move(text));
    } else if (name == "license") {
      result_.licenses.push_back(std::move(text));
    } else if (name == "template") {
      result_.chat_template = std::move(text);
    } else if (name == "system") {
      result_.system = std::move(text);
    } else if (name == "renderer") {
      result_.renderer = std::move(text);
    } else if (name == "parser") {
      result_.parser = std::move(text);
    } else {
      check_version(text);
      result_.required = std::move(text);
    }
  }

  static void require(const std::string& text, const char* command) {
    if (text.empty()) fail(Error::Code::kInvalidArgument, command, " is empty");
  }

  void parameter() {
    const std::string name(word("parameter"));
    const std::string text = value();
    if (!is_deprecated_parameter(name)) return set_parameter(result_.parameters, name, text);
    if (notice_)
      notice_(concat("(line ", line_, "): parameter ", name, " is deprecated and does nothing"));
  }

  void message() {
    const std::string role(word("message role"));
    check_role(role);
    result_.messages.push_back({role, value()});
  }

  std::string_view text_;
  const std::function<void(const std::string&)>& notice_;
  size_t at_ = 0, next_ = 0;  // where the command is read, and where the next one begins
  std::ptrdiff_t line_ = 1;
  Modelfile result_;
};

}  // namespace

Modelfile Modelfile::parse(std::string_view bytes,
                           const std::function<void(const std::string&)>& notice) {
  const std::string text = to_utf8(bytes);
  return Parser(text, notice).parse();
}

}  // namespace cria::modelfile
