#include "tokenizer/vocabulary_check.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <utility>

#include "base/quote.h"
#include "tokenizer/byte_tokens.h"
#include "tokenizer/unicode.h"

namespace cria::tokenizer {
namespace {

// Longer than any token of a real model; it bounds the work per position of a text.
constexpr size_t kLongestToken = 4096;

void check_counts(const Vocabulary& vocabulary, Problems& problems) {
  const size_t count = vocabulary.tokens.size();
  if (count == 0) problems.add("the vocabulary has no tokens");
  if (count > std::numeric_limits<Id>::max()) {
    problems.add("the vocabulary has ", count, " tokens, more than ids can tell");
  }
  if (vocabulary.types.size() != count) {
    problems.add("there are ", vocabulary.types.size(), " token types, expected one for each of ",
                 count, " tokens");
  }
  const bool needs_scores = vocabulary.model == "llama" || vocabulary.model == "t5";
  if (vocabulary.scores.size() != count && (needs_scores || !vocabulary.scores.empty())) {
    problems.add("there are ", vocabulary.scores.size(), " token scores, expected one for each of ",
                 count, " tokens");
  }
}

void check_token(const Vocabulary& vocabulary, size_t id, Problems& problems) {
  const std::string& token = vocabulary.tokens[id];
  const TokenType type = id < vocabulary.types.size() ? vocabulary.types[id] : TokenType::kNormal;
  if (token.empty() && type != TokenType::kUnused) problems.add("token ", id, " is empty");
  if (token.size() > kLongestToken) {
    problems.add("token ", id, " is ", token.size(), " bytes long, expected at most ",
                 kLongestToken);
  }
  if (!is_valid_utf8(token)) problems.add("token ", id, " is not valid UTF-8");
  const bool has_bytes = vocabulary.model == "llama" || vocabulary.model == "t5";
  if (type == TokenType::kByte && has_bytes && byte_of_token(token) < 0) {
    problems.add("byte token ", id, " is ", quote(token), ", expected the form \"<0x0A>\"");
  }
}

void check_merge(const std::string& merge, size_t rank, Problems& problems) {
  const size_t space = merge.find(' ');
  const bool is_pair = space != std::string::npos && space > 0 && space + 1 < merge.size() &&
                       merge.find(' ', space + 1) == std::string::npos;
  if (!is_pair) {
    problems.add("merge ", rank, " is ", quote(merge),
                 ", expected two tokens with a space between");
  }
}

void check_id(const char* name, Id id, const Vocabulary& vocabulary, Problems& problems) {
  if (id < -1 || id >= static_cast<int64_t>(vocabulary.tokens.size())) {
    problems.add("the ", name, " token is ", id, ", expected an id below ",
                 vocabulary.tokens.size());
  }
}

}  // namespace

void check(const Vocabulary& vocabulary, Problems& problems) {
  check_counts(vocabulary, problems);
  for (size_t id = 0; id < vocabulary.tokens.size(); ++id) check_token(vocabulary, id, problems);
  for (size_t id = 0; id < vocabulary.scores.size(); ++id) {
    if (std::isnan(vocabulary.scores[id])) problems.add("the score of token ", id, " is NaN");
  }
  if (vocabulary.model == "gpt2") {
    for (size_t rank = 0; rank < vocabulary.merges.size(); ++rank) {
      check_merge(vocabulary.merges[rank], rank, problems);
    }
  }
  check_id("BOS", vocabulary.bos, vocabulary, problems);
  check_id("EOS", vocabulary.eos, vocabulary, problems);
  check_id("unknown", vocabulary.unknown, vocabulary, problems);
  check_id("padding", vocabulary.padding, vocabulary, problems);
  for (const Id id : vocabulary.end_of_generation) {
    if (id != vocabulary.eos) check_id("end-of-generation", id, vocabulary, problems);
  }
}

}  // namespace cria::tokenizer
