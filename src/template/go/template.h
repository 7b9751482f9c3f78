#pragma once
// Go's text/template, as far as a template can use it, with the functions that Ollama adds. Data is
// JSON-like: lists are []any, objects map[string]any, whole numbers int.

#include <ctime>
#include <string>
#include <vector>

#include "template/common/limits.h"
#include "template/go/executor.h"
#include "template/go/syntax.h"
#include "template/message.h"

namespace cria::go {

struct ExecuteOptions {
  MissingKey missing_key = MissingKey::kZero;
  chat::Limits limits{};
  std::time_t now = std::time(nullptr);
};

class Template {
 public:
  // `name` is for messages. InvalidArgument: "template: NAME:LINE:COLUMN: ...", whatever Go refuses
  // to parse. Unsupported: nested too deeply.
  Template(std::string name, std::string source);

  const Program& program() const { return program_; }

  // What comes from the template is special in it, what comes from the data is not.
  // InvalidArgument: whatever Go refuses to execute. Unsupported: beyond the limits.
  std::vector<chat::Part> execute(const Value& data, const ExecuteOptions& options = {}) const;

 private:
  Program program_;
};

std::string text_of(const std::vector<chat::Part>& parts);

}  // namespace cria::go
