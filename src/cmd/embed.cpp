#include "cmd/embed.h"

#include <array>
#include <charconv>

#include "base/error.h"
#include "cmd/format.h"
#include "cmd/json.h"
#include "cmd/output.h"

namespace cria::cmd {
namespace {

using model::Pooling;

Pooling chosen_pooling(const EmbedOptions& options, const serving::VectorModel& model) {
  if (model.output() == model::Output::kScores) {
    fail(Error::Code::kUnsupported, options.model,
         ": judges texts and gives no embeddings: use cria rerank");
  }
  for (const Pooling pooling : {Pooling::kMean, Pooling::kCls, Pooling::kLast}) {
    if (options.pooling == model::name_of(pooling)) return pooling;
  }
  return model.pooling();
}

// The shortest text that gives the same float.
std::string number(float value) {
  std::array<char, 32> buffer{};
  const auto [end, error] = std::to_chars(buffer.data(), buffer.data() + buffer.size(), value);
  CRIA_CHECK(error == std::errc());
  return {buffer.data(), end};
}

void print_lines(const std::vector<std::vector<float>>& vectors) {
  for (const std::vector<float>& vector : vectors) {
    std::string line;
    for (const float value : vector) append_item(line, " ", number(value));
    print(line + "\n");
  }
}

void print_json(const EmbedOptions& options, const serving::VectorModel& model, bool normalizes,
                std::span<const runner::EmbedInput> inputs,
                const std::vector<std::vector<float>>& vectors) {
  std::vector<int64_t> tokens;
  for (const runner::EmbedInput& input : inputs) tokens.push_back(std::ssize(input.tokens));
  const Json json{{"model", options.model},
                  {"pooling", model::name_of(model.pooling())},
                  {"normalized", normalizes},
                  {"tokens", tokens},
                  {"embeddings", vectors}};
  print(json.dump(-1, ' ', false, Json::error_handler_t::replace) + "\n");
}

}  // namespace

int embed(const EmbedOptions& options) {
  EmbeddingModel model(options.model, options.compute, options.context);
  serving::VectorModel& vectors_of = model.vectors();
  vectors_of.set_pooling(chosen_pooling(options, vectors_of));
  const std::vector<std::string> texts = read_texts(options.texts, options.file, "text");
  std::vector<runner::EmbedInput> inputs;
  for (const std::string& text : texts) {
    inputs.push_back(runner::embed_input(vectors_of.tokenizer(), text, model.context()));
  }
  tell_cuts(inputs, "text", model.context(), !options.whole);
  std::vector<std::vector<float>> vectors = model.run(inputs);
  const bool normalizes = !options.raw && vectors_of.normalizes();
  if (normalizes) {
    for (std::vector<float>& vector : vectors) model::normalize(vector);
  }
  if (options.json) {
    print_json(options, vectors_of, normalizes, inputs, vectors);
  } else {
    print_lines(vectors);
  }
  return 0;
}

}  // namespace cria::cmd
