#pragma once
// A model that is ready to turn texts into vectors, and where those texts come from.

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "cmd/open_model.h"
#include "serving/vector_model.h"

namespace cria::cmd {

// Embeddings are computed in full precision unless something else is asked for.
inline serving::ComputeOptions embedding_compute() {
  return {.backend = "auto", .threads = 0, .cache_type = "f32"};
}

class EmbeddingModel {
 public:
  // `context`: the most tokens of a text; 0: as many as the model was made for, at most 8192.
  EmbeddingModel(const std::string& model, const serving::ComputeOptions& compute, int64_t context);

  serving::VectorModel& vectors() { return model_; }
  int64_t context() const { return context_; }  // the most tokens of a text

  // The cache is as large as these texts need.
  std::vector<std::vector<float>> run(std::span<const runner::EmbedInput> texts);

 private:
  serving::ComputeOptions compute_;
  serving::VectorModel model_;
  int64_t context_;
};

// What the arguments hold; with a file, or without arguments, or with "-" alone, the lines of the
// file or of standard input. InvalidArgument: there are none.
std::vector<std::string> read_texts(const std::vector<std::string>& arguments,
                                    const std::string& file, const std::string& what);

// Tells which texts had to be cut; with `cuts` false, that is InvalidArgument.
void tell_cuts(std::span<const runner::EmbedInput> texts, const std::string& what, int64_t most,
               bool cuts);

}  // namespace cria::cmd
