#include "cmd/rerank.h"

#include <algorithm>
#include <numeric>
#include <sstream>

#include "base/error.h"
#include "cmd/format.h"
#include "cmd/json.h"
#include "cmd/output.h"
#include "cmd/table.h"

namespace cria::cmd {
namespace {

struct Ranked {
  size_t index;
  float score;
};

// The best first; of equal ones the first comes first.
std::vector<Ranked> rank(const std::vector<std::vector<float>>& scores, int64_t top) {
  std::vector<Ranked> ranked;
  for (size_t i = 0; i < scores.size(); ++i) ranked.push_back({i, scores[i].at(0)});
  std::ranges::stable_sort(ranked, std::ranges::greater{}, &Ranked::score);
  if (top > 0) ranked.resize(std::min(ranked.size(), static_cast<size_t>(top)));
  return ranked;
}

std::string score_text(float score) {
  std::ostringstream out;
  out.precision(6);
  out << std::fixed << score;
  return out.str();
}

void print_table(const std::vector<Ranked>& ranked, const std::vector<std::string>& documents) {
  constexpr size_t kWidth = 80;
  Table table({Table::Align::kRight, Table::Align::kRight, Table::Align::kLeft});
  table.row({"SCORE", "INDEX", "DOCUMENT"});
  for (const auto& [index, score] : ranked) {
    table.row(
        {score_text(score), std::to_string(index), abbreviate(escape(documents[index]), kWidth)});
  }
  print(table.text());
}

void print_json(const RerankOptions& options, const std::vector<Ranked>& ranked,
                const std::vector<std::string>& documents) {
  Json results = Json::array();
  for (const auto& [index, score] : ranked) {
    results.push_back(
        {{"index", index}, {"relevance_score", score}, {"document", documents[index]}});
  }
  print(json_text({{"model", options.model}, {"query", options.query}, {"results", results}}));
}

}  // namespace

int rerank(const RerankOptions& options) {
  EmbeddingModel model(options.model, options.compute, options.context);
  if (model.vectors().output() != model::Output::kScores) {
    fail(Error::Code::kUnsupported, options.model,
         ": gives no scores, expected a model with a classifier (pooling_type 4, cls.output)");
  }
  const std::vector<std::string> documents =
      read_texts(options.documents, options.file, "document");
  std::vector<runner::EmbedInput> inputs;
  for (const std::string& document : documents) {
    inputs.push_back(runner::rank_input(model.vectors().tokenizer(), options.query, document,
                                        model.vectors().token_types(), model.context()));
  }
  tell_cuts(inputs, "document", model.context(), !options.whole);
  const std::vector<std::vector<float>> scores = model.run(inputs);
  if (scores.front().size() != 1) {
    fail(Error::Code::kUnsupported, options.model, ": tells ", scores.front().size(),
         " classes apart, expected a model with one score");
  }
  const std::vector<Ranked> ranked = rank(scores, options.top);
  if (options.json) {
    print_json(options, ranked, documents);
  } else {
    print_table(ranked, documents);
  }
  return 0;
}

}  // namespace cria::cmd
