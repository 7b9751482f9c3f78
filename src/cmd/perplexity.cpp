#include "cmd/perplexity.h"

#include <algorithm>
#include <cmath>
#include <functional>
#include <memory>
#include <optional>

#include "base/error.h"
#include "base/log.h"
#include "cmd/divergence.h"
#include "cmd/evaluation.h"
#include "cmd/format.h"
#include "cmd/interrupt.h"
#include "cmd/json.h"
#include "cmd/output.h"
#include "cmd/predictions_file.h"
#include "cmd/progress.h"
#include "cmd/stopwatch.h"
#include "cmd/table.h"

namespace cria::cmd {
namespace {

using Code = Error::Code;

constexpr int64_t kPass = 128;  // tokens whose logits are in memory at once

// A model that predicts.
class Predictor {
 public:
  Predictor(const model::LoadedModel& loaded, const serving::ComputeOptions& compute,
            int64_t context) {
    model::ExecutorOptions execution = serving::executor_options(compute);
    execution.cache.tokens = context;
    execution.max_tokens = execution.max_outputs = std::min(kPass, context);
    executor_ = open_executor(loaded, execution);
  }

  int64_t vocabulary() const { return executor_->vocabulary(); }

  void start() {
    runner_.reset();
    runner_ = std::make_unique<SequenceRunner>(*executor_);
  }
  void feed(std::span<const int32_t> tokens) { runner_->feed(tokens); }
  // The logarithms of the probabilities [tokens, vocabulary] of what follows each.
  std::span<const float> predict(std::span<const int32_t> tokens) {
    const auto logits = runner_->pass(tokens, SequenceRunner::Rows::kAll);
    const auto width = static_cast<size_t>(vocabulary());
    log_probabilities_.resize(logits.size());
    for (size_t row = 0; row < logits.size(); row += width) {
      const auto of_row = logits.subspan(row, width);
      const double normalizer = log_normalizer(of_row);
      if (!std::isfinite(normalizer)) {
        fail(Code::kInternal, "the model's logits are not finite numbers");
      }
      for (size_t i = 0; i < width; ++i)
        log_probabilities_[row + i] = static_cast<float>(double{of_row[i]} - normalizer);
    }
    return log_probabilities_;
  }

 private:
  std::unique_ptr<model::Executor> executor_;
  std::unique_ptr<SequenceRunner> runner_;
  std::vector<float> log_probabilities_;
};

struct Figures {
  size_t chunks = 0;
  int64_t context = 0;
  Mean loss;  // in nats per token
  std::optional<Divergence> divergence;
};

// What is done with the model's predictions besides adding up their losses.
struct Companions {
  Predictor* base_model = nullptr;
  PredictionsReader* base = nullptr;
  PredictionsWriter* writer = nullptr;
};

Figures measure(Predictor& model, const TextChunks& chunks, const Companions& companions) {
  Figures figures{
      .chunks = chunks.size(), .context = chunks.context(), .loss = {}, .divergence = {}};
  if (companions.base || companions.base_model) figures.divergence.emplace();
  const auto width = static_cast<size_t>(model.vocabulary());
  const auto context = static_cast<size_t>(chunks.context());
  std::vector<float> base_row(width);
  const InterruptHandler interrupts;
  Progress progress("evaluating", "chunks");
  for (size_t chunk = 0; chunk < chunks.size(); ++chunk) {
    const std::vector<int32_t> ids = chunks[chunk];
    const auto scored = static_cast<size_t>(first_scored(chunks.context()));
    const auto each_model = [&](const auto& action) {
      action(model);
      if (companions.base_model) action(*companions.base_model);
    };
    each_model([&](Predictor& of) {
      of.start();
      of.feed(std::span(ids).first(scored));
    });
    for (size_t first = scored; first + 1 < context; first += kPass) {
      const size_t count = std::min<size_t>(kPass, context - 1 - first);
      const auto tokens = std::span(ids).subspan(first, count);
      const auto predictions = model.predict(tokens);
      std::span<const float> base;
      if (companions.base_model) base = companions.base_model->predict(tokens);
      for (size_t i = 0; i < count; ++i) {
        const auto row = predictions.subspan(i * width, width);
        const int32_t next = ids[first + i + 1];
        figures.loss.add(-double{row[static_cast<size_t>(next)]});
        if (companions.writer) companions.writer->write(row);
        if (companions.base) companions.base->read(base_row);
        if (figures.divergence)
          figures.divergence->add(row, base.empty() ? base_row : base.subspan(i * width, width),
                                  next);
      }
      if (take_interrupt()) fail(Code::kCancelled, "cancelled");
    }
    progress.set(chunk + 1, chunks.size());
  }
  return figures;
}

// A figure and its standard error.
struct Figure {
  double value, error;
};
Figure perplexity_of(const Mean& loss) {
  const double value = std::exp(loss.value());
  return {value, value * loss.error()};
}
// Of the base, whose mean loss is the difference; its error is not known apart.
double base_perplexity(const Figures& figures) {
  return std::exp(figures.loss.value() - figures.divergence->log_ratio().value());
}

constexpr double kQuantiles[] = {0.9, 0.99, 0.999};

std::string text_of(const Figure& figure, int digits) {
  return concat(fixed(figure.value, digits), " +/- ", fixed(figure.error, digits));
}

void print_text(const Figures& figures) {
  Table table;
  table.row({"tokens", concat(figures.loss.count(), " predicted, of ", figures.chunks,
                              " chunks of ", figures.context)});
  table.row({"perplexity", text_of(perplexity_of(figures.loss), 4)});
  if (figures.divergence) {
    const Divergence& d = *figures.divergence;
    table.row({"base's perplexity", fixed(base_perplexity(figures), 4)});
    table.row({"ratio of perplexities", text_of(perplexity_of(d.log_ratio()), 6)});
    table.row({"KL divergence", text_of({d.kl().value(), d.kl().error()}, 6)});
    table.row({"  median", fixed(d.quantile(0.5), 6)});
    for (const double part : kQuantiles)
      table.row({concat("  ", part * 100, "%"), fixed(d.quantile(part), 6)});
    table.row({"  max", fixed(d.quantile(1), 6)});
    table.row({"same top token",
               text_of({100 * d.same_top().value(), 100 * d.same_top().error()}, 3) + " %"});
    table.row(
        {"change of probability", text_of({100 * d.change().value(), 100 * d.change().error()}, 3) +
                                      concat(" %, RMS ", fixed(100 * d.change_rms(), 3), " %")});
  }
  print(table.text());
}

Json json_of(const Figure& figure) { return {{"value", figure.value}, {"error", figure.error}}; }

void print_json(const Figures& figures) {
  Json json{{"tokens", figures.loss.count()},
            {"chunks", figures.chunks},
            {"context", figures.context},
            {"perplexity", json_of(perplexity_of(figures.loss))}};
  if (figures.divergence) {
    const Divergence& d = *figures.divergence;
    json["base_perplexity"] = base_perplexity(figures);
    json["perplexity_ratio"] = json_of(perplexity_of(d.log_ratio()));
    json["kl_divergence"] = {{"mean", d.kl().value()},    {"error", d.kl().error()},
                             {"median", d.quantile(0.5)}, {"p90", d.quantile(0.9)},
                             {"p99", d.quantile(0.99)},   {"p999", d.quantile(0.999)},
                             {"max", d.quantile(1)}};
    json["same_top"] = json_of({d.same_top().value(), d.same_top().error()});
    json["probability_change"] = {
        {"mean", d.change().value()}, {"error", d.change().error()}, {"rms", d.change_rms()}};
  }
  print(json_text(json));
}

// The tokens of the text, or of the file to compare with.
TextChunks chunks_of(const PerplexityOptions& options, const tokenizer::Tokenizer& tokenizer,
                     const PredictionsReader* base) {
  if (!base) return {tokenizer, options.text};
  const PredictionsHeader& header = base->header();
  ChunkOptions text = options.text;
  text.context = header.context;
  const auto count = static_cast<int64_t>(header.tokens.size()) / header.context;
  const int64_t chunks = text.chunks > 0 ? std::min(text.chunks, count) : count;
  std::vector<int32_t> tokens = header.tokens;
  tokens.resize(static_cast<size_t>(chunks * header.context));
  TextChunks known(tokenizer, std::move(tokens), header.context);
  if (text.text.empty()) return known;
  text.chunks = chunks;
  if (TextChunks(tokenizer, text).tokens() != known.tokens()) {
    fail(Code::kInvalidArgument, options.base, ": is of another text than ", options.text.text,
         ", or of other tokens");
  }
  return known;
}

void check_vocabulary(const std::string& what, int64_t size, const Predictor& model) {
  if (size == model.vocabulary()) return;
  fail(Code::kInvalidArgument, what, ": has a vocabulary of ", size, " tokens, the model one of ",
       model.vocabulary(), ": they cannot be compared");
}

}  // namespace

int perplexity(const PerplexityOptions& options) {
  if (options.text.text.empty() && options.base.empty()) {
    fail(Code::kInvalidArgument, "there is no text, expected -f FILE");
  }
  std::optional<PredictionsReader> base;
  if (!options.base.empty()) base.emplace(options.base);
  const model::LoadedModel loaded = load_model(options.model, options.compute.adapters);
  const TextChunks chunks =
      chunks_of(options, *tokenizer_of(*loaded.file), base ? &*base : nullptr);
  Predictor model(loaded, options.compute, chunks.context());
  if (base) check_vocabulary(options.base, base->header().vocabulary, model);
  std::optional<model::LoadedModel> base_loaded;
  std::optional<Predictor> base_model;
  if (!options.base_model.empty()) {
    base_loaded.emplace(load_model(options.base_model));
    base_model.emplace(*base_loaded, options.compute, chunks.context());
    check_vocabulary(options.base_model, base_model->vocabulary(), model);
  }
  std::optional<PredictionsWriter> writer;
  if (!options.save_logits.empty()) {
    writer.emplace(options.save_logits, PredictionsHeader{.context = chunks.context(),
                                                          .vocabulary = model.vocabulary(),
                                                          .tokens = chunks.tokens()});
  }
  const Stopwatch watch;
  const Figures figures = measure(model, chunks,
                                  {.base_model = base_model ? &*base_model : nullptr,
                                   .base = base ? &*base : nullptr,
                                   .writer = writer ? &*writer : nullptr});
  if (writer) writer->commit();
  log::debug("evaluated ", figures.chunks, " chunks in ", duration_text(watch.seconds()));
  if (options.json) {
    print_json(figures);
  } else {
    print_text(figures);
  }
  return 0;
}

}  // namespace cria::cmd
