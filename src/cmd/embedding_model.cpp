#include "cmd/embedding_model.h"

#include <algorithm>
#include <cmath>

#include "base/error.h"
#include "base/log.h"
#include "cmd/format.h"
#include "cmd/input.h"
#include "cmd/output.h"
#include "cmd/stopwatch.h"

namespace cria::cmd {
namespace {

constexpr int64_t kLargestContext = 8192, kPass = 512, kMostSequences = 64;

std::vector<std::string> lines_of(std::string_view text) {
  std::vector<std::string> lines;
  while (!text.empty()) {
    std::string_view line = text.substr(0, text.find('\n'));
    text.remove_prefix(std::min(line.size() + 1, text.size()));
    if (line.ends_with('\r')) line.remove_suffix(1);
    if (!line.empty()) lines.emplace_back(line);
  }
  return lines;
}

void check(const std::vector<std::vector<float>>& vectors, const std::string& model) {
  for (size_t i = 0; i < vectors.size(); ++i) {
    if (std::ranges::all_of(vectors[i], [](float x) { return std::isfinite(x); })) continue;
    fail(Error::Code::kCorrupt, model, ": what it makes of text ", i + 1,
         " contains NaN or infinity");
  }
}

}  // namespace

EmbeddingModel::EmbeddingModel(const std::string& model, const ComputeOptions& compute,
                               int64_t context)
    : compute_(compute),
      loaded_(load_model(model, compute.adapters)),
      tokenizer_(tokenizer_of(*loaded_.file)),
      pooling_(model::pooling_for(*loaded_.config, loaded_.model->output())) {
  int64_t most = context_length(loaded_);
  if (most == 0) most = kLargestContext;
  context_ = context > 0 ? std::min(context, most) : std::min(most, kLargestContext);
  if (context > most) {
    notice(concat("a context of ", context, " tokens was asked for, but the model was made for ",
                  most, ": using ", most));
  }
}

// The cache is as large as these texts need.
std::vector<std::vector<float>> EmbeddingModel::run(std::span<const runner::EmbedInput> texts) {
  int64_t longest = 1, all = 0;
  for (const runner::EmbedInput& text : texts) {
    longest = std::max(longest, std::ssize(text.tokens));
    all += std::ssize(text.tokens);
  }
  model::ExecutorOptions options = executor_options(compute_);
  const int64_t block = options.cache.block_size;
  // A text of a model that sees it as a whole is one pass.
  options.max_tokens = output() == model::Output::kLogits ? std::min(all, kPass)
                                                          : std::max(longest, std::min(all, kPass));
  options.cache.sequences = std::min<int64_t>(std::ssize(texts), kMostSequences);
  options.cache.context = longest;
  options.cache.tokens = std::max(longest, options.max_tokens) + options.cache.sequences * block;
  options.cache.checkpoints = 0;
  options.max_outputs = options.cache.sequences;
  options.hidden = pooling_ != model::Pooling::kRank;
  const auto executor = open_executor(loaded_, options);
  const Stopwatch watch;
  auto vectors = runner::Embedder(*executor, pooling_).run(texts);
  check(vectors, loaded_.file->path());
  log::debug("read ", texts.size(), " texts of ", all, " tokens in ",
             duration_text(watch.seconds()));
  return vectors;
}

std::vector<std::string> read_texts(const std::vector<std::string>& arguments,
                                    const std::string& file, const std::string& what) {
  if (!file.empty() && !arguments.empty()) {
    fail(Error::Code::kInvalidArgument, "there are arguments as well as --file, expected either");
  }
  std::vector<std::string> texts = arguments;
  const bool from_input = arguments.size() == 1 && arguments[0] == "-";
  if (!file.empty()) {
    texts = lines_of(read_file(file));
  } else if (arguments.empty() || from_input) {
    if (arguments.empty() && input_is_terminal()) {
      fail(Error::Code::kInvalidArgument, "no ", what,
           ": give it as an argument, pipe lines into standard input, or use - to type them");
    }
    texts = lines_of(read_standard_input());
  }
  if (texts.empty()) {
    fail(Error::Code::kInvalidArgument, "no ", what, " in ", file.empty() ? "standard input" : file,
         ", expected one a line");
  }
  return texts;
}

void tell_cuts(std::span<const runner::EmbedInput> texts, const std::string& what, int64_t most,
               bool cuts) {
  for (size_t i = 0; i < texts.size(); ++i) {
    if (texts[i].left_out == 0) continue;
    const std::string line = concat(what, ' ', i + 1, " is ", texts[i].left_out,
                                    " tokens too long for a context of ", most);
    if (!cuts) fail(Error::Code::kInvalidArgument, line);
    notice(line + ": its end is left out");
  }
}

}  // namespace cria::cmd
