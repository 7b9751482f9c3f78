// The engine in src/grammar.
#include <span>

#include "base/error.h"
#include "base/quote.h"
#include "grammar/gbnf/gbnf.h"
#include "grammar/matcher.h"
#include "grammar/regex/regex.h"
#include "grammar/schema/schema.h"
#include "side.h"

namespace cria::grammar {
namespace {

std::shared_ptr<const Grammar> compile(const std::string& kind, const std::string& text) {
  if (kind == "schema") return compile_schema(text);
  if (kind == "compact") {
    return compile_schema(text, {.whitespace = SchemaOptions::Whitespace::kCompact});
  }
  if (kind == "gbnf") return compile_gbnf(text);
  if (kind == "regex") return compile_regex(text);
  fail(Error::Code::kInvalidArgument, quote(kind), " is no kind");
}

std::shared_ptr<const TokenTrie> trie_of(const Tokens& tokens) {
  static const auto trie = std::make_shared<TokenTrie>(tokens.bytes, tokens.ends);
  return trie;
}

class Ours final : public Walker {
 public:
  explicit Ours(Matcher matcher, size_t words) : matcher_(std::move(matcher)), words_(words) {}

  std::unique_ptr<Walker> copy() const override { return std::make_unique<Ours>(*this); }
  std::vector<uint64_t> mask() override {
    std::vector<uint64_t> mask(words_);
    matcher_.mask(mask);
    return mask;
  }
  void accept(int32_t token) override { CRIA_CHECK(matcher_.accept(token)); }

 private:
  Matcher matcher_;
  size_t words_;
};

}  // namespace

std::unique_ptr<Walker> our_walker(const Tokens& tokens, const std::string& kind,
                                   const std::string& text) {
  const auto trie = trie_of(tokens);
  return std::make_unique<Ours>(Matcher(std::make_shared<Constraint>(compile(kind, text), trie)),
                                trie->words());
}

std::vector<bool> fits(const std::string& kind, const std::string& text,
                       const std::vector<std::string>& texts) {
  static const auto none =
      std::make_shared<TokenTrie>(std::vector<std::string>{}, std::vector<int32_t>{});
  const auto constraint = std::make_shared<Constraint>(compile(kind, text), none);
  std::vector<bool> verdicts;
  for (const std::string& each : texts) {
    Matcher matcher(constraint);
    verdicts.push_back(matcher.accept_bytes(each) && matcher.can_end());
  }
  return verdicts;
}

}  // namespace cria::grammar
