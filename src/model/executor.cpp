#include "model/executor.h"

#include <chrono>
#include <unordered_map>

#include "base/error.h"
#include "base/log.h"
#include "base/memory.h"

namespace cria::model {
namespace {

std::unordered_map<const ml::Node*, ml::WeightUses> uses_of_weights(const ml::Graph& graph) {
  std::unordered_map<const ml::Node*, ml::WeightUses> uses;
  for (const ml::Node& node : graph.nodes()) {
    for (size_t i = 0; i < node.inputs.size(); ++i) {
      const ml::Node* input = node.inputs[i];
      if (!input || input->op != ml::Op::kWeight) continue;
      const bool product = node.op == ml::Op::kMatmul || node.op == ml::Op::kExpertsMatmul;
      (product && i == 0 ? uses[input].matmul : uses[input].other) = true;
    }
  }
  return uses;
}

int64_t bytes_of(std::span<const ml::Node* const> weights) {
  int64_t bytes = 0;
  for (const ml::Node* weight : weights)
    bytes += ml::row_bytes(weight->dtype, weight->shape.size());
  return bytes;
}

void write_ints(ml::Plan& plan, ml::Tensor input, std::span<const int32_t> values) {
  const std::span<std::byte> to = plan.input(input);
  CRIA_CHECK(to.size() == values.size_bytes());
  std::copy_n(reinterpret_cast<const std::byte*>(values.data()), to.size(), to.data());
}

}  // namespace

struct Executor::Pass {
  ml::Graph graph;
  kvcache::View view;
  Batch batch;
  std::vector<ml::Tensor> results;  // the logits, then what a trace keeps
  std::unique_ptr<ml::Plan> plan;
};

Executor::Executor(const Model& model, std::span<const ml::Node* const> weights,
                   const ExecutorOptions& options, const Progress& progress)
    : model_(model), options_(options), vocabulary_(model.vocabulary()) {
  const auto start = std::chrono::steady_clock::now();
  if (options_.cache.tokens <= 0) options_.cache.tokens = options_.max_tokens;
  backend_ = ml::make_backend(options_.backend, options_.backend_options);
  cache_ = std::make_unique<kvcache::Cache>(*backend_, model.cache_spec(), options_.cache);

  // The largest pass there will be says what each weight is for, and how much memory the others may
  // need.
  options_.max_outputs = std::min(options_.max_outputs, options_.max_tokens);
  largest_ = build(options_.max_tokens, options_.max_outputs);
  load(weights, largest_->graph, progress);
  compile(*largest_);
  const std::chrono::duration<double> seconds = std::chrono::steady_clock::now() - start;
  log::debug("executor: ", backend_->name(), " (", backend_->devices().front().description,
             "), weights ", bytes_of(weights) >> 20, " MiB, cache ", cache_->bytes() >> 20,
             " MiB for ", options_.cache.tokens, " tokens, ready after ", seconds.count(), " s");
}

Executor::~Executor() = default;

void Executor::load(std::span<const ml::Node* const> weights, const ml::Graph& graph,
                    const Progress& progress) {
  auto uses = uses_of_weights(graph);
  const int64_t total = std::max<int64_t>(1, bytes_of(weights));
  int64_t done = 0;
  for (const ml::Node* weight : weights) {
    backend_->load(*weight, uses[weight]);
    done += ml::row_bytes(weight->dtype, weight->shape.size());
    if (progress && !progress(static_cast<double>(done) / static_cast<double>(total))) {
      fail(Error::Code::kCancelled, "loading was cancelled");
    }
  }
}

std::unique_ptr<Executor::Pass> Executor::build(int64_t tokens, int64_t outputs) const {
  auto pass = std::make_unique<Pass>();
  pass->view = cache_->view(pass->graph, tokens);
  pass->batch = {.tokens = pass->graph.input("tokens", ml::DType::kI32, {tokens}),
                 .positions = pass->view.positions,
                 .outputs = pass->graph.input("outputs", ml::DType::kI32, {outputs})};
  pass->results.push_back(model_.forward(pass->batch, pass->view));
  if (!options_.trace) return pass;
  for (const ml::Node& node : pass->graph.nodes()) {
    const bool leaf = node.op == ml::Op::kInput || node.op == ml::Op::kState;
    if (!node.name.empty() && !leaf) pass->results.emplace_back(&pass->graph, &node);
  }
  return pass;
}

void Executor::compile(Pass& pass) { pass.plan = backend_->plan(pass.graph, pass.results); }

Executor::Pass& Executor::pass(int64_t tokens, int64_t outputs) {
  if (tokens == options_.max_tokens && outputs == options_.max_outputs) return *largest_;
  const auto known = passes_.find({tokens, outputs});
  if (known != passes_.end()) return *known->second;
  if (passes_.size() >= kMostPasses) {
    last_ = nullptr;
    passes_.clear();
  }
  auto made = build(tokens, outputs);
  compile(*made);
  return *passes_.emplace(std::pair(tokens, outputs), std::move(made)).first->second;
}

std::span<const float> Executor::run(const Step& step) {
  CRIA_CHECK(!step.tokens.empty() && step.tokens.size() == step.sequences.size());
  CRIA_CHECK(static_cast<int64_t>(step.tokens.size()) <= options_.max_tokens &&
             static_cast<int64_t>(step.outputs.size()) <= options_.max_outputs);
  for (int32_t token : step.tokens) {
    if (token < 0 || token >= vocabulary_) {
      fail(Error::Code::kInvalidArgument, "token id ", token, ", expected 0 to ", vocabulary_ - 1);
    }
  }
  Pass& pass = this->pass(static_cast<int64_t>(step.tokens.size()),
                          static_cast<int64_t>(step.outputs.size()));
  cache_->place(step.sequences, pass.view, *pass.plan);
  write_ints(*pass.plan, pass.batch.tokens, step.tokens);
  write_ints(*pass.plan, pass.batch.outputs, step.outputs);
  backend_->run(*pass.plan);
  last_ = &pass;
  return pass.plan->output(0);
}

std::vector<Executor::Named> Executor::trace() const {
  std::vector<Named> named;
  if (!last_) return named;
  for (size_t i = 1; i < last_->results.size(); ++i) {
    const ml::Node& node = *last_->results[i].node();
    named.push_back({node.name, node.shape, last_->plan->output(i)});
  }
  return named;
}

}  // namespace cria::model
