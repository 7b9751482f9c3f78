#pragma once
// A call that writes the tool's name itself, and its arguments after it in any notation.

#include <memory>
#include <string>

#include "template/reply/arguments.h"
#include "template/reply/literal.h"

namespace cria::chat {

class NamedCall final : public CallReader {
 public:
  NamedCall(CallSink& sink, const CallSyntax& syntax, const Tools& tools)
      : sink_(sink),
        syntax_(syntax),
        tools_(tools),
        id_end_(syntax.name_open),
        separator_(syntax.separator),
        at_(syntax.name_open.empty() ? At::kName : At::kId) {}

  // From the name, or white space before it.
  Step add(char c) override;
  bool has_closed() const override { return arguments_ && arguments_->has_closed(); }

 private:
  enum class At : uint8_t { kId, kName, kSeparator, kBody, kArguments };

  Step add_to_id(char c);
  Step add_to_name(char c);
  Step add_to_separator(char c);
  Step begin_arguments(char c);

  CallSink& sink_;
  const CallSyntax& syntax_;
  const Tools& tools_;
  Until id_end_, separator_;
  At at_;
  std::string id_;
  std::string name_;
  std::string between_;  // name and arguments
  std::unique_ptr<CallReader> arguments_;
};

}  // namespace cria::chat
