#include "cmd/comparison.h"

#include <algorithm>
#include <charconv>
#include <functional>
#include <numeric>

#include "base/error.h"
#include "cmd/input.h"
#include "cmd/metadata_text.h"
#include "cmd/nmse.h"
#include "cmd/picture_evaluation.h"
#include "model/pooling.h"

namespace cria::cmd {
namespace {

constexpr std::string_view kInputIds = "input_ids", kPrompt = "greedy.prompt",
                           kTokens = "greedy.tokens", kHidden = "hidden.", kBlock = "blk.";

bool is_layer(std::string_view name) { return name.starts_with(kBlock); }

bool is_given(std::string_view name) {
  return name == kInputIds || name == kPrompt || name == kTokens || is_picture(name);
}

// What embedding models make of the last hidden states, each of length 1.
void add_embeddings(std::vector<Result>& results) {
  const auto last = std::find_if(results.rbegin(), results.rend(), [](const Result& result) {
    return result.name.starts_with(kHidden) && result.shape.size() == 2;
  });
  if (last == results.rend()) return;
  const Result hidden = *last;
  const int64_t tokens = hidden.shape[0], width = hidden.shape[1];
  for (const model::Pooling pooling :
       {model::Pooling::kMean, model::Pooling::kCls, model::Pooling::kLast}) {
    model::Pool pool(pooling);
    for (int64_t t = 0; t < tokens; ++t) {
      if (!pool.wants(t, tokens)) continue;
      pool.add(std::span(hidden.values)
                   .subspan(static_cast<size_t>(t * width), static_cast<size_t>(width)));
    }
    std::vector<float> vector = pool.vector();
    model::normalize(vector);
    results.push_back({concat("embedding.", model::name_of(pooling)), {width}, std::move(vector)});
  }
}

// A text's scores are those of its first token.
void keep_first_row(Result& scores) {
  scores.shape[0] = 1;
  scores.values.resize(static_cast<size_t>(scores.shape[1]));
}

// Blocks in their order, everything else after them, the logits last. In a block what enters it
// comes first, then its layers as the model computes them.
struct Order {
  int64_t block;
  bool inside;
  size_t place;
  std::string_view name;
  auto operator<=>(const Order&) const = default;
};
Order order(std::string_view name, std::span<const Result> results) {
  Order order{INT64_MAX - (name == "logits" ? 0 : 1), is_layer(name), 0, name};
  if (name.starts_with(kHidden) || order.inside) {
    const std::string_view number = name.substr(name.find('.') + 1);
    std::from_chars(number.data(), number.data() + number.size(), order.block);
  }
  order.place =
      static_cast<size_t>(std::ranges::find(results, name, &Result::name) - results.begin());
  return order;
}

// [1, 48, 64] is [48, 64]: a batch of one.
std::vector<int64_t> without_leading_ones(std::vector<int64_t> shape, size_t rank) {
  while (shape.size() > rank && shape.front() == 1) shape.erase(shape.begin());
  return shape;
}

// Heads may lie apart or as one row: [48, 4, 16] is [48, 64].
bool is_same(const std::vector<int64_t>& expected, const std::vector<int64_t>& shape) {
  const auto elements = [](const std::vector<int64_t>& dims) {
    return std::accumulate(dims.begin(), dims.end(), int64_t{1}, std::multiplies<>());
  };
  if (expected.empty() || shape.empty()) return expected == shape;
  const bool regrouped = expected.size() != shape.size() && expected[0] == shape[0];
  return expected == shape || (regrouped && elements(expected) == elements(shape));
}

TensorComparison compare_tensor(const safetensors::File& file,
                                const safetensors::TensorInfo& expected,
                                std::span<const Result> results, double max_nmse) {
  TensorComparison out{.name = expected.name, .shape = expected.shape, .nmse = 0, .problem = {}};
  const auto found = std::ranges::find(results, expected.name, &Result::name);
  if (found == results.end()) {
    out.problem = results.empty() ? "the file has no input_ids" : "the model has no such result";
    return out;
  }
  if (!is_same(without_leading_ones(expected.shape, found->shape.size()), found->shape)) {
    out.problem = concat("the model's has shape ", shape_text(found->shape));
    return out;
  }
  out.nmse = nmse(found->values, file.floats(expected.name));
  out.agrees = out.nmse <= max_nmse;  // false for NaN
  return out;
}

GreedyComparison compare_greedy(const safetensors::File& file, model::Executor& executor) {
  GreedyComparison out;
  if (!file.find(kPrompt) || !file.find(kTokens)) {
    out.problem = concat("the file has no ", file.find(kPrompt) ? kTokens : kPrompt);
    return out;
  }
  const std::vector<int32_t> prompt = file.ints(kPrompt), tokens = file.ints(kTokens);
  out.expected = tokens.size();
  if (prompt.empty()) {
    out.problem = "greedy.prompt is empty";
    return out;
  }
  SequenceRunner runner(executor);
  int32_t next = argmax(runner.feed(prompt));
  while (out.compared < tokens.size() && next == tokens[out.compared]) {
    if (++out.compared == tokens.size()) return out;
    next = argmax(runner.feed(std::span(&next, 1)));
  }
  if (out.compared < tokens.size()) {
    out.got = next;
    out.wanted = tokens[out.compared];
  }
  return out;
}

}  // namespace

bool Comparison::agrees() const {
  const bool nothing = tensors.empty() && !greedy;
  return !nothing && first_departure.empty() && (!greedy || greedy->agrees());
}

std::vector<int32_t> input_ids(const safetensors::File& file) {
  if (file.find(kInputIds)) return file.ints(kInputIds);
  const auto listed = file.metadata().find(std::string(kInputIds));
  return listed == file.metadata().end() ? std::vector<int32_t>() : parse_ids(listed->second);
}

int64_t tokens_needed(const safetensors::File& file) {
  size_t greedy = 0;
  if (file.find(kPrompt) && file.find(kTokens)) {
    greedy = file.ints(kPrompt).size() + file.ints(kTokens).size();
  }
  return static_cast<int64_t>(std::max({input_ids(file).size(), greedy, picture_tokens(file)}));
}

std::vector<std::string> layers_named(const safetensors::File& file) {
  std::vector<std::string> layers;
  for (const safetensors::TensorInfo& tensor : file.tensors()) {
    if (is_layer(tensor.name)) layers.push_back(tensor.name);
  }
  return layers;
}

Comparison compare_with(const safetensors::File& file, model::Executor& executor, double max_nmse) {
  Comparison out;
  const std::vector<int32_t> ids = input_ids(file);
  std::vector<Result> results;
  if (!ids.empty()) {
    results = evaluate(executor, ids);
    add_embeddings(results);
    if (executor.output() == model::Output::kScores) keep_first_row(results.front());
  }
  for (Result& result : picture_results(file, executor)) results.push_back(std::move(result));
  for (const safetensors::TensorInfo& tensor : file.tensors()) {
    if (is_given(tensor.name)) continue;
    out.tensors.push_back(compare_tensor(file, tensor, results, max_nmse));
  }
  std::ranges::sort(out.tensors, {},
                    [&](const TensorComparison& t) { return order(t.name, results); });
  const auto departs = std::ranges::find(out.tensors, false, &TensorComparison::agrees);
  if (departs != out.tensors.end()) out.first_departure = departs->name;
  if (file.find(kPrompt) || file.find(kTokens)) out.greedy = compare_greedy(file, executor);
  return out;
}

}  // namespace cria::cmd
