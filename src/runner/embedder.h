#pragma once
// Vectors of texts, many in one pass: embeddings, or the scores of models that judge texts.

#include <cstdint>
#include <functional>
#include <span>
#include <vector>

#include "model/executor.h"
#include "model/pooling.h"
#include "runner/embed_input.h"

namespace cria::runner {

class Embedder {
 public:
  // Nobody else may use the executor meanwhile. With Pooling::kRank it has to be of a model that
  // gives scores; otherwise with room for hidden states.
  Embedder(model::Executor& executor, model::Pooling pooling);

  // The most tokens of one text.
  int64_t longest() const;

  // A vector for each text, in their order. They do not depend on which texts share a pass.
  // InvalidArgument, naming the text by its place: one without tokens, or longer than longest().
  // OutOfMemory: the cache has no room for one; Cancelled: `goes_on`, which is asked before each
  // pass, said no.
  std::vector<std::vector<float>> run(std::span<const EmbedInput> texts,
                                      const std::function<bool()>& goes_on = {});

 private:
  // A text that has begun to be read.
  struct Reading {
    size_t text;
    kvcache::Sequence sequence;
    model::Pool pool;
    int64_t read = 0;
    int64_t now = 0;  // tokens of it in this pass
  };

  void fill_pass(std::span<const EmbedInput> texts);
  bool begin(const EmbedInput& text);
  void add(Reading& reading, const EmbedInput& text, int64_t count);
  void run_pass(std::span<const EmbedInput> texts);
  void close_all();
  int64_t room() const;

  model::Executor& executor_;
  model::Pooling pooling_;
  std::vector<Reading> readings_;
  size_t next_ = 0;  // text that has not begun
  // The pass.
  std::vector<int32_t> tokens_, types_, outputs_;
  std::vector<kvcache::Sequence> sequences_;
};

}  // namespace cria::runner
