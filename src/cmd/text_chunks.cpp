#include "cmd/text_chunks.h"

#include <algorithm>

#include "base/error.h"
#include "cmd/input.h"

namespace cria::cmd {
namespace {

std::vector<int32_t> tokenize(const tokenizer::Tokenizer& tokenizer, const std::string& path) {
  const std::string text = path == "-" ? read_standard_input() : read_file(path);
  const tokenizer::Vocabulary& vocabulary = tokenizer.vocabulary();
  std::vector<int32_t> tokens = tokenizer.encode(text);
  if (vocabulary.add_bos && vocabulary.bos >= 0) tokens.insert(tokens.begin(), vocabulary.bos);
  if (vocabulary.add_eos && vocabulary.eos >= 0) tokens.push_back(vocabulary.eos);
  return tokens;
}

}  // namespace

TextChunks::TextChunks(const tokenizer::Tokenizer& tokenizer, std::vector<int32_t> tokens,
                       int64_t context)
    : tokens_(std::move(tokens)), context_(static_cast<size_t>(context)) {
  const tokenizer::Vocabulary& vocabulary = tokenizer.vocabulary();
  if (vocabulary.add_bos) bos_ = vocabulary.bos;
}

TextChunks::TextChunks(const tokenizer::Tokenizer& tokenizer, const ChunkOptions& options)
    : TextChunks(tokenizer, tokenize(tokenizer, options.text), options.context) {
  if (size() == 0) {
    fail(Error::Code::kInvalidArgument, options.text, ": has ", tokens_.size(),
         " tokens, expected at least one chunk of ", options.context,
         "; --context makes chunks smaller");
  }
  const size_t count =
      options.chunks > 0 ? std::min(size(), static_cast<size_t>(options.chunks)) : size();
  tokens_.resize(count * context_);
}

std::vector<int32_t> TextChunks::operator[](size_t chunk) const {
  const auto begin = tokens_.begin() + static_cast<int64_t>(chunk * context_);
  std::vector<int32_t> tokens(begin, begin + static_cast<int64_t>(context_));
  if (bos_ >= 0) tokens.front() = bos_;
  return tokens;
}

}  // namespace cria::cmd
