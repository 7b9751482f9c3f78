#include "cmd/compare.h"

#include <algorithm>
#include <cmath>
#include <sstream>

#include "base/error.h"
#include "cmd/comparison.h"
#include "cmd/json.h"
#include "cmd/metadata_text.h"
#include "cmd/output.h"
#include "cmd/table.h"

namespace cria::cmd {
namespace {

std::string scientific(double value) {
  std::ostringstream out;
  out.precision(2);
  out << std::scientific << value;
  return out.str();
}

std::string greedy_text(const GreedyComparison& greedy) {
  if (!greedy.problem.empty()) return concat("greedy tokens: not compared: ", greedy.problem);
  if (greedy.agrees()) return concat("greedy tokens: all ", greedy.expected, " agree");
  return concat("greedy tokens: DEPART at index ", greedy.compared, " of ", greedy.expected,
                ": got ", *greedy.got, ", expected ", *greedy.wanted);
}

void print_text(const Comparison& comparison, double max_nmse) {
  Table table({Table::Align::kLeft, Table::Align::kLeft, Table::Align::kRight});
  table.row({"TENSOR", "SHAPE", "NMSE", ""});
  for (const TensorComparison& tensor : comparison.tensors) {
    const bool compared = tensor.problem.empty();
    table.row({tensor.name, shape_text(tensor.shape), compared ? scientific(tensor.nmse) : "-",
               !compared       ? concat("NOT COMPARED: ", tensor.problem)
               : tensor.agrees ? "ok"
                               : "DEPARTS"});
  }
  if (!comparison.tensors.empty()) print(table.text());
  if (comparison.greedy) print(greedy_text(*comparison.greedy) + "\n");
  if (!comparison.first_departure.empty()) {
    print(concat("first to depart: ", comparison.first_departure, "\n"));
  }
  if (comparison.tensors.empty() && !comparison.greedy)
    print("the file holds nothing to compare\n");
  print(concat(comparison.agrees() ? "agrees" : "DEPARTS",
               " (largest NMSE allowed: ", scientific(max_nmse), ")\n"));
}

// JSON has no infinity and no NaN.
Json number(double value) { return std::isfinite(value) ? Json(value) : Json(nullptr); }

Json to_json(const Comparison& comparison, double max_nmse) {
  Json tensors = Json::array();
  for (const TensorComparison& tensor : comparison.tensors) {
    Json entry{{"name", tensor.name}, {"shape", tensor.shape}, {"agrees", tensor.agrees}};
    if (tensor.problem.empty()) {
      entry["nmse"] = number(tensor.nmse);
    } else {
      entry["problem"] = tensor.problem;
    }
    tensors.push_back(std::move(entry));
  }
  Json out{{"agrees", comparison.agrees()}, {"max_nmse", max_nmse}, {"tensors", tensors}};
  if (!comparison.first_departure.empty()) out["first_departure"] = comparison.first_departure;
  if (!comparison.greedy) return out;
  const GreedyComparison& greedy = *comparison.greedy;
  out["greedy"] = {
      {"agrees", greedy.agrees()}, {"agreeing", greedy.compared}, {"expected", greedy.expected}};
  if (!greedy.problem.empty()) out["greedy"]["problem"] = greedy.problem;
  if (greedy.got) out["greedy"]["got"] = *greedy.got;
  if (greedy.wanted) out["greedy"]["wanted"] = *greedy.wanted;
  return out;
}

}  // namespace

int compare(const CompareOptions& options) {
  constexpr int64_t kPass = 512;
  const auto file = safetensors::File::open(options.expected);
  const model::LoadedModel loaded = load_model(options.model, options.compute.adapters);
  model::ExecutorOptions execution = serving::executor_options(options.compute);
  execution.cache.tokens = std::max<int64_t>(1, tokens_needed(*file));
  const bool in_one_pass = loaded.model->output() != model::Output::kLogits;
  execution.max_tokens = execution.max_outputs =
      in_one_pass ? execution.cache.tokens : std::min(kPass, execution.cache.tokens);
  execution.trace = true;
  execution.layers = layers_named(*file);
  const auto executor = open_executor(loaded, execution);

  const Comparison comparison = compare_with(*file, *executor, options.max_nmse);
  if (options.json) {
    print(json_text(to_json(comparison, options.max_nmse)));
  } else {
    print_text(comparison, options.max_nmse);
  }
  return comparison.agrees() ? 0 : 1;
}

}  // namespace cria::cmd
