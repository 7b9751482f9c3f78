#include "cmd/statistics.h"

#include <cstdio>

#include "base/error.h"
#include "cmd/format.h"

namespace cria::cmd {
namespace {

std::string rate(size_t tokens, double seconds) {
  const double per_second = seconds > 0 ? static_cast<double>(tokens) / seconds : 0;
  return fixed(per_second, 2) + " tokens/s";
}

}  // namespace

void print_statistics(const runner::Result& result, double load_seconds, double answer_seconds) {
  const auto prompt = static_cast<size_t>(result.prompt_tokens);
  const auto computed = static_cast<size_t>(result.prompt_tokens - result.cached_tokens);
  const size_t generated = result.tokens.size();
  // The layout that scripts which read these lines expect.
  const std::string text = concat(
      "\ntotal duration:       ", duration_text(load_seconds + answer_seconds),
      "\nload duration:        ", duration_text(load_seconds), "\nprompt eval count:    ", prompt,
      " token(s)", "\nprompt eval duration: ", duration_text(result.prompt_seconds),
      "\nprompt eval rate:     ", rate(computed, result.prompt_seconds),
      "\neval count:           ", generated, " token(s)",
      "\neval duration:        ", duration_text(result.decode_seconds),
      "\neval rate:            ", rate(generated, result.decode_seconds), "\n");
  std::fputs(text.c_str(), stderr);
}

}  // namespace cria::cmd
