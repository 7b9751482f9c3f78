#include "serving/vector_model.h"

#include <algorithm>
#include <cmath>
#include <utility>

#include "base/about_file.h"
#include "base/error.h"
#include "serving/text_model.h"

namespace cria::serving {

VectorModel::VectorModel(model::LoadedModel loaded)
    : loaded_(std::move(loaded)),
      tokenizer_(about_file(
          loaded_.file->path(),
          [&] { return tokenizer::make_tokenizer(tokenizer::Vocabulary::from(*loaded_.file)); })),
      pooling_(model::pooling_for(*loaded_.config, loaded_.model->output())) {}

bool VectorModel::normalizes() const { return loaded_.config->flag("normalize_embeddings", true); }

int64_t VectorModel::context_for(int64_t asked) const {
  const int64_t most = context_length(loaded_);
  const int64_t wanted = asked > 0 ? asked : kLargestContext;
  return most > 0 ? std::min(wanted, most) : wanted;
}

model::ExecutorOptions VectorModel::executor_options(const ComputeOptions& compute,
                                                     const VectorSize& size) const {
  model::ExecutorOptions options = serving::executor_options(compute);
  options.max_tokens =
      output() == model::Output::kLogits ? size.tokens : std::max(size.tokens, size.context);
  options.cache.sequences = size.sequences;
  options.cache.context = size.context;
  options.cache.tokens = std::max(size.context, options.max_tokens) +
                         options.cache.sequences * options.cache.block_size;
  options.cache.checkpoints = 0;
  options.max_outputs = options.cache.sequences;
  options.hidden = pooling_ != model::Pooling::kRank;
  return options;
}

void VectorModel::start(const ComputeOptions& compute, const VectorSize& size,
                        const model::Executor::Progress& progress) {
  executor_.reset();
  about_file(loaded_.file->path(), [&] {
    executor_ = std::make_unique<model::Executor>(*loaded_.model, loaded_.weight_list(),
                                                  executor_options(compute, size), progress);
  });
  size_ = size;
}

std::vector<std::vector<float>> VectorModel::run(std::span<const runner::EmbedInput> texts,
                                                 const std::function<bool()>& goes_on) {
  std::vector<std::vector<float>> vectors;
  for (size_t first = 0; first < texts.size(); first += kMostSequences) {
    const std::lock_guard lock(running_);
    const size_t count = std::min<size_t>(kMostSequences, texts.size() - first);
    for (std::vector<float>& vector :
         runner::Embedder(*executor_, pooling_).run(texts.subspan(first, count), goes_on)) {
      vectors.push_back(std::move(vector));
    }
  }
  for (size_t i = 0; i < vectors.size(); ++i) {
    if (std::ranges::all_of(vectors[i], [](float x) { return std::isfinite(x); })) continue;
    fail(Error::Code::kCorrupt, loaded_.file->path(), ": what it makes of text ", i + 1,
         " contains NaN or infinity");
  }
  return vectors;
}

}  // namespace cria::serving
