#pragma once
// Calls of tools from the marker that announces them to the one that ends them.

#include <memory>

#include "template/reply/call_reader.h"
#include "template/reply/call_syntax.h"
#include "template/reply/literal.h"
#include "template/reply/tools.h"

namespace cria::chat {

class SectionReader {
 public:
  enum class Begin : uint8_t { kSection, kCall, kBare };  // what was read, nothing of a bare call

  // All of these must outlive it.
  SectionReader(CallSink& sink, const CallSyntax& syntax, const Tools& tools, Begin begin);

  Step add(char c);
  // A call was read, and no other has begun: what is broken now may begin something else.
  bool is_after_call() const { return has_calls_ && !call_ && !is_opened_; }

 private:
  Step add_to_call(char c);
  Step begin_call(std::unique_ptr<CallReader> call, char c);
  Step add_between(char c);
  Step add_literal(char c);
  // What comes after a call or a list of them.
  Step next() const;
  bool may_begin_name(char c) const;

  CallSink& sink_;
  const CallSyntax& syntax_;
  const Tools& tools_;
  Begin begin_;
  Literals literals_;
  std::unique_ptr<CallReader> call_;
  bool is_opened_;  // a call must follow
  bool is_in_list_ = false, has_calls_ = false, expects_close_ = false;
};

}  // namespace cria::chat
