#pragma once
// What a template refers to, and its parts up to the answer: Ollama's rules, by which it tells what
// a template can do and where an answer begins.

#include <set>
#include <string>
#include <string_view>
#include <utility>

#include "template/go/syntax.h"

namespace cria::go {

// The lower-case names of all fields and variables of all its templates. Those of conditions count,
// those behind parentheses do not: "(f .x).name". InvalidArgument: a template is called without an
// argument, which Ollama does not allow.
std::set<std::string, std::less<>> names_in(const Program& program);

// What stands around .Thinking in the loop over messages, without white space: "<think>" and
// "</think>". Empty where there is none.
std::pair<std::string, std::string> thinking_tags(const Program& program);

// Leaves out what comes after the first .Response that is printed.
void cut_after_response(NodeList& nodes);

// Adds {{ .Response }} at the end of a template.
void append_response(Program& program);

}  // namespace cria::go
