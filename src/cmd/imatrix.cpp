#include "cmd/imatrix.h"

#include <algorithm>
#include <filesystem>

#include "base/error.h"
#include "cmd/evaluation.h"
#include "cmd/format.h"
#include "cmd/interrupt.h"
#include "cmd/output.h"
#include "cmd/progress.h"
#include "cmd/stopwatch.h"
#include "quantize/importance.h"

namespace cria::cmd {
namespace {

// What all layers compute for a pass is kept until its end.
constexpr int64_t kPass = 128;

using Factor = model::Executor::Factor;

void add(quantize::ImportanceMatrix& matrix, const Factor& factor) {
  const auto columns = static_cast<size_t>(factor.shape.dims().back());
  const size_t vectors = factor.values.size() / columns;
  quantize::ImportanceMatrix::Entry& entry = matrix.entries[factor.weight];
  entry.counts.resize(static_cast<size_t>(factor.matrices));
  entry.sums.resize(entry.counts.size() * columns);
  const size_t uses = factor.experts.empty() ? vectors : factor.experts.size();
  for (size_t use = 0; use < uses; ++use) {
    // Experts of a token have a vector each, or all the same one.
    const size_t vector = use * vectors / uses;
    const size_t expert = factor.experts.empty() ? 0 : static_cast<size_t>(factor.experts[use]);
    entry.add(expert, factor.values.subspan(vector * columns, columns));
  }
}

}  // namespace

int imatrix(const ImatrixOptions& options) {
  const model::LoadedModel loaded = load_model(options.model);
  const TextChunks chunks(*tokenizer_of(*loaded.file), options.text);
  model::ExecutorOptions execution = serving::executor_options(options.compute);
  execution.cache.tokens = chunks.context();
  execution.max_tokens = execution.max_outputs = std::min(kPass, chunks.context());
  execution.factors = true;
  const auto executor = open_executor(loaded, execution);

  quantize::ImportanceMatrix matrix;
  const Stopwatch watch;
  {
    const InterruptHandler interrupts;
    Progress progress("collecting", "chunks");
    for (size_t i = 0; i < chunks.size(); ++i) {
      const std::vector<int32_t> tokens = chunks[i];
      SequenceRunner runner(*executor);
      for (size_t first = 0; first < tokens.size(); first += kPass) {
        const size_t count = std::min<size_t>(kPass, tokens.size() - first);
        runner.pass(std::span(tokens).subspan(first, count), SequenceRunner::Rows::kAll);
        for (const Factor& factor : executor->factors()) add(matrix, factor);
        if (take_interrupt()) fail(Error::Code::kCancelled, "cancelled, nothing was written");
      }
      progress.set(i + 1, chunks.size());
    }
  }
  matrix.chunks = static_cast<uint32_t>(chunks.size());
  matrix.chunk_size = static_cast<uint32_t>(chunks.context());
  matrix.datasets = {std::filesystem::path(options.text.text).filename().string()};
  quantize::write_importance(matrix, options.output);
  print(concat("wrote ", options.output, ": ", matrix.entries.size(), " matrices, ", chunks.size(),
               " chunks of ", chunks.context(), " tokens, in ", duration_text(watch.seconds()),
               "\n"));
  return 0;
}

}  // namespace cria::cmd
