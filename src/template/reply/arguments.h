#pragma once
// Readers of what a call hands over, in its several notations. Each tells the sink JSON, checked as
// it comes, and the end; all start at the first byte after the name and what follows it.

#include <memory>
#include <string>
#include <string_view>

#include "template/reply/call_reader.h"
#include "template/reply/call_syntax.h"
#include "template/reply/json_reader.h"
#include "template/reply/tools.h"

namespace cria::chat {

// JSON on its way to the sink.
class ArgumentsWriter {
 public:
  explicit ArgumentsWriter(CallSink& sink) : sink_(sink) {}
  // Tells the end with the object's last byte.
  Step put(char c);
  Step put(std::string_view json);

 private:
  CallSink& sink_;
  JsonReader reader_;
};

// {"a": 1}
class JsonArguments final : public CallReader {
 public:
  explicit JsonArguments(CallSink& sink) : writer_(sink) {}
  Step add(char c) override;

 private:
  ArgumentsWriter writer_;
  bool has_begun_ = false;
};

// <parameter=a>1</parameter></function>
std::unique_ptr<CallReader> tagged_arguments(CallSink& sink, const CallSyntax& syntax,
                                             const Tools& tools, std::string name);
// a=1, b='x')
std::unique_ptr<CallReader> python_arguments(CallSink& sink);
// {a:1,b:<escape>x<escape>}
std::unique_ptr<CallReader> quoted_arguments(CallSink& sink, const CallSyntax& syntax);

}  // namespace cria::chat
