#include "runner/embed_input.h"

#include <algorithm>

#include "base/error.h"

namespace cria::runner {
namespace {

// What stands around texts; -1: nothing.
struct Ends {
  explicit Ends(const tokenizer::Vocabulary& vocabulary)
      : first(vocabulary.add_bos ? vocabulary.bos : -1),
        last(vocabulary.add_eos ? vocabulary.eos : -1) {}
  int64_t count() const { return (first >= 0 ? 1 : 0) + (last >= 0 ? 1 : 0); }

  tokenizer::Id first, last;
};

// Cuts ids to `most`; returns how many there were more.
int64_t cut(std::vector<tokenizer::Id>& ids, int64_t most) {
  const auto count = static_cast<int64_t>(ids.size());
  ids.resize(static_cast<size_t>(std::clamp<int64_t>(most, 0, count)));
  return count - std::ssize(ids);
}

void append(EmbedInput& input, tokenizer::Id first, const std::vector<tokenizer::Id>& ids,
            tokenizer::Id last) {
  if (first >= 0) input.tokens.push_back(first);
  input.tokens.insert(input.tokens.end(), ids.begin(), ids.end());
  if (last >= 0) input.tokens.push_back(last);
}

}  // namespace

EmbedInput embed_input(const tokenizer::Tokenizer& tokenizer, std::string_view text, int64_t most) {
  const Ends ends(tokenizer.vocabulary());
  std::vector<tokenizer::Id> ids = tokenizer.encode(text);
  EmbedInput input{.left_out = cut(ids, most - ends.count())};
  if (input.left_out > 0 && ids.empty()) {
    fail(Error::Code::kInvalidArgument, "input after truncation exceeds maximum context length");
  }
  append(input, ends.first, ids, ends.last);
  return input;
}

EmbedInput rank_input(const tokenizer::Tokenizer& tokenizer, std::string_view query,
                      std::string_view document, int64_t types, int64_t most) {
  const Ends ends(tokenizer.vocabulary());
  if (ends.last < 0) {
    fail(Error::Code::kUnsupported,
         "the vocabulary ends texts with no token, which would part a query from a document");
  }
  const std::vector<tokenizer::Id> asked = tokenizer.encode(query);
  std::vector<tokenizer::Id> judged = tokenizer.encode(document);
  const int64_t room = most - std::ssize(asked) - ends.count() - 1;
  if (room < 1) {
    fail(Error::Code::kInvalidArgument, "the query has ", asked.size(),
         " tokens, which leaves no room for a document in the context of ", most);
  }
  EmbedInput input{.left_out = cut(judged, room)};
  append(input, ends.first, asked, ends.last);
  input.types.resize(input.tokens.size(), 0);
  append(input, -1, judged, ends.last);
  input.types.resize(input.tokens.size(), types > 1 ? 1 : 0);
  if (types == 0) input.types.clear();
  return input;
}

}  // namespace cria::runner
