#pragma once
// A long text in pieces that a model reads one by one, each as if it stood alone. The convention is
// that of llama.cpp's perplexity and imatrix, so that figures can be compared.

#include <cstdint>
#include <span>
#include <string>
#include <vector>

#include "cmd/open_model.h"

namespace cria::cmd {

struct ChunkOptions {
  std::string text;       // a file, or "-" for standard input
  int64_t context = 512;  // tokens of a chunk
  int64_t chunks = 0;     // the most that are read; 0: all
};

class TextChunks {
 public:
  // The text is tokenised whole, with BOS and EOS where the vocabulary wants them; tokens that do
  // not fill a chunk are left out. InvalidArgument when there is not one chunk.
  TextChunks(const tokenizer::Tokenizer& tokenizer, const ChunkOptions& options);
  // Of tokens that are known.
  TextChunks(const tokenizer::Tokenizer& tokenizer, std::vector<int32_t> tokens, int64_t context);

  size_t size() const { return tokens_.size() / context_; }
  int64_t context() const { return static_cast<int64_t>(context_); }
  const std::vector<int32_t>& tokens() const { return tokens_; }  // of all chunks, as in the text
  // What the model reads: the first token is BOS, if the vocabulary wants one.
  std::vector<int32_t> operator[](size_t chunk) const;

 private:
  std::vector<int32_t> tokens_;
  size_t context_;
  int32_t bos_ = -1;  // -1: none
};

}  // namespace cria::cmd
