#pragma once
// A call as one object of JSON: {"name": "f", "arguments": {..}}, with or without an id, and
// perhaps inside of {"type": "function", "function": {..}}.

#include <memory>
#include <string>

#include "template/reply/arguments.h"

namespace cria::chat {

class JsonCall final : public CallReader {
 public:
  // Strict: nothing but a call's own members, and none missing; for what no marker announces.
  JsonCall(CallSink& sink, const CallSyntax& syntax, bool is_strict)
      : sink_(sink), syntax_(syntax), is_strict_(is_strict) {}

  // From the opening brace.
  Step add(char c) override;

 private:
  enum class At : uint8_t { kBegin, kFirstKey, kKey, kInKey, kColon, kValue, kInValue, kAfter };
  enum class Role : uint8_t { kName, kArguments, kId, kFunction, kOther };

  // Holds arguments back that come before the name.
  class Holder final : public CallSink {
   public:
    explicit Holder(JsonCall& call) : call_(call) {}
    bool begin(std::string_view, std::string_view) override { return true; }
    void arguments(std::string_view json) override;
    void end(Data arguments) override;

   private:
    JsonCall& call_;
  };

  Role role_of(std::string_view key) const;
  Step add_to_key(char c);
  Step begin_value(char c);
  Step add_to_value(char c);
  Step end_value();
  Step add_after(char c);
  bool begin_call();
  Step end_call();

  CallSink& sink_;
  const CallSyntax& syntax_;
  bool is_strict_;
  At at_ = At::kBegin;
  bool is_inside_ = false;  // of "function"
  Role role_ = Role::kOther;
  JsonReader value_;
  Holder holder_{*this};
  std::unique_ptr<JsonArguments> arguments_;
  std::string name_, id_;
  bool has_name_ = false, has_begun_ = false, has_arguments_ = false;
  std::string held_;  // arguments that wait for the name
  Data told_;         // all of them
};

}  // namespace cria::chat
