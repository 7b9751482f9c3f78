#include "cmd/embedding_model.h"

#include <algorithm>

#include "base/error.h"
#include "base/log.h"
#include "cmd/format.h"
#include "cmd/input.h"
#include "cmd/output.h"
#include "cmd/progress.h"
#include "cmd/stopwatch.h"

namespace cria::cmd {
namespace {

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

}  // namespace

EmbeddingModel::EmbeddingModel(const std::string& model, const serving::ComputeOptions& compute,
                               int64_t context)
    : compute_(compute),
      model_(load_model(model, compute.adapters)),
      context_(model_.context_for(context)) {
  if (context <= context_) return;
  notice(concat("a context of ", context, " tokens was asked for, but the model was made for ",
                context_, ": using ", context_));
}

std::vector<std::vector<float>> EmbeddingModel::run(std::span<const runner::EmbedInput> texts) {
  int64_t longest = 1, all = 0;
  for (const runner::EmbedInput& text : texts) {
    longest = std::max(longest, std::ssize(text.tokens));
    all += std::ssize(text.tokens);
  }
  const serving::VectorSize size{
      .context = longest,
      .sequences = std::min<int64_t>(std::ssize(texts), serving::VectorModel::kMostSequences),
      .tokens = std::min(all, serving::VectorModel::kPass)};
  {
    Progress progress("loading");
    model_.start(compute_, size, [&](uint64_t done, uint64_t total) {
      progress.set(done, total);
      return true;
    });
  }
  const Stopwatch watch;
  auto vectors = model_.run(texts);
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
