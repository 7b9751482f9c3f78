#include "cmd/run_vector.h"

#include <algorithm>

#include "base/error.h"
#include "cmd/embedding_model.h"
#include "cmd/find_model.h"
#include "cmd/program_settings.h"
#include "registry/capabilities.h"

namespace cria::cmd {

bool makes_vectors(const std::string& model) {
  const FoundModel found = find_model(model);
  const auto abilities = registry::capabilities(*gguf::File::open(found.path), std::nullopt, false);
  return std::ranges::find(abilities, "embedding") != abilities.end();
}

Json local_vector(const RunOptions& options, const std::string& text) {
  serving::ComputeOptions compute = options.compute;
  if (compute.cache_type.empty()) compute.cache_type = embedding_compute().cache_type;
  EmbeddingModel model(options.model, with_settings(compute), options.context);
  const std::vector<runner::EmbedInput> inputs{
      runner::embed_input(model.vectors().tokenizer(), text, model.context())};
  tell_cuts(inputs, "text", model.context(), options.truncate);
  std::vector<float> vector = model.run(inputs).at(0);
  if (options.dimensions > std::ssize(vector)) {
    fail(Error::Code::kInvalidArgument, "--dimensions is ", options.dimensions,
         ", but the model's vectors have ", vector.size());
  }
  if (options.dimensions > 0) vector.resize(static_cast<size_t>(options.dimensions));
  if (model.vectors().normalizes()) model::normalize(vector);
  return vector;
}

}  // namespace cria::cmd
