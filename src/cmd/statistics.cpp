#include "cmd/statistics.h"

#include <cstdio>

#include "base/error.h"
#include "cmd/format.h"

namespace cria::cmd {
namespace {

std::string rate(int64_t tokens, double seconds) {
  const double per_second = seconds > 0 ? static_cast<double>(tokens) / seconds : 0;
  return fixed(per_second, 2) + " tokens/s";
}

}  // namespace

void print_statistics(const Answered& answered) {
  const int64_t computed = answered.prompt_tokens - answered.cached_tokens;
  // The layout that scripts which read these lines expect.
  const std::string text =
      concat("\ntotal duration:       ", duration_text(answered.total),
             "\nload duration:        ", duration_text(answered.load),
             "\nprompt eval count:    ", answered.prompt_tokens, " token(s)",
             "\nprompt eval duration: ", duration_text(answered.prompt),
             "\nprompt eval rate:     ", rate(computed, answered.prompt),
             "\neval count:           ", answered.generated_tokens, " token(s)",
             "\neval duration:        ", duration_text(answered.decode),
             "\neval rate:            ", rate(answered.generated_tokens, answered.decode), "\n");
  std::fputs(text.c_str(), stderr);
}

}  // namespace cria::cmd
