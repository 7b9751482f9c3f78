// Any bytes are compiled as a regular expression or refused with an Error; what was compiled tells
// which tokens may come next until a text is ended, or too long.
#include <cstddef>
#include <cstdint>

#include "fuzz/follow_grammar.h"
#include "grammar/regex/regex.h"

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  try {
    const std::string_view text(reinterpret_cast<const char*>(data), size);
    cria::grammar::follow(cria::grammar::compile_regex(text));
  } catch (const cria::Error&) {
    // Refused, as most inputs are.
  }
  return 0;
}
