#pragma once
// What reads a call of a tool byte by byte, and whom it tells what it read.

#include <string_view>

#include "template/data.h"
#include "template/reply/step.h"

namespace cria::chat {

class CallSink {
 public:
  virtual ~CallSink() = default;
  // A call begins, with an id of its own or "". False: there is no such tool.
  virtual bool begin(std::string_view name, std::string_view id) = 0;
  // Some more JSON of its arguments.
  virtual void arguments(std::string_view json) = 0;
  // All of them, an object.
  virtual void end(Data arguments) = 0;
};

class CallReader {
 public:
  virtual ~CallReader() = default;
  // Done when the call is: the sink was told its end.
  virtual Step add(char c) = 0;
  // Whether that was the text that closes a call.
  virtual bool has_closed() const { return false; }
};

}  // namespace cria::chat
