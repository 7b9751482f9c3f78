#include "grammar/regex/regex.h"

#include "grammar/regex/pattern.h"
#include "grammar/rules.h"

namespace cria::grammar {

std::shared_ptr<const Grammar> compile_regex(std::string_view text, const Limits& limits) {
  Rules rules(limits);
  const Rule root = rules.declare("regex");
  const auto as_it_is = [&](const CharSet& set) { return rules.chars(set); };
  rules.define(root, Pattern(text, limits).expression(rules, as_it_is, Pattern::Match::kWhole));
  return compile(rules, root);
}

}  // namespace cria::grammar
