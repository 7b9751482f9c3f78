#pragma once
// Runs a model on a backend: plans are compiled once per shape of a pass and reused, so that steady
// decoding builds no graph and allocates nothing.

#include <functional>
#include <map>
#include <memory>
#include <span>
#include <string>
#include <vector>

#include "kvcache/cache.h"
#include "ml/backend.h"
#include "model/model.h"

namespace cria::model {

struct ExecutorOptions {
  std::string backend = "auto";
  ml::BackendOptions backend_options;
  kvcache::Options cache;
  int64_t max_tokens = 512;  // of one pass
  int64_t max_outputs = 1;   // rows of logits of one pass
  bool trace = false;        // also keep every named result
};

// One pass: token i goes to the end of sequences[i].
struct Step {
  std::span<const int32_t> tokens;
  std::span<const kvcache::Sequence> sequences;
  std::span<const int32_t> outputs;  // indices into tokens, ascending: whose logits are wanted
};

class Executor {
 public:
  // Loads the weights (progress in 0..1; return false to cancel), allocates the cache, plans the
  // largest pass: lack of memory is an error here and never later.
  using Progress = std::function<bool(double)>;
  Executor(const Model& model, std::span<const ml::Node* const> weights,
           const ExecutorOptions& options, const Progress& progress = {});
  ~Executor();

  kvcache::Cache& cache() { return *cache_; }
  ml::Backend& backend() { return *backend_; }
  int64_t vocabulary() const { return vocabulary_; }
  const ExecutorOptions& options() const { return options_; }

  // Room in the cache must have been reserved. Returns the logits [outputs, vocab], valid until the
  // next run.
  std::span<const float> run(const Step& step);

  // With options.trace: the named results of the last run.
  struct Named {
    std::string name;
    ml::Shape shape;
    std::span<const float> values;
  };
  std::vector<Named> trace() const;

 private:
  struct Pass;                               // a graph, its plan and its inputs
  static constexpr size_t kMostPasses = 64;  // kept; more shapes than that are compiled anew

  void load(std::span<const ml::Node* const> weights, const ml::Graph& graph,
            const Progress& progress);
  std::unique_ptr<Pass> build(int64_t tokens, int64_t outputs) const;
  void compile(Pass& pass);
  Pass& pass(int64_t tokens, int64_t outputs);

  const Model& model_;
  ExecutorOptions options_;
  int64_t vocabulary_;
  std::unique_ptr<ml::Backend> backend_;
  std::unique_ptr<kvcache::Cache> cache_;
  std::map<std::pair<int64_t, int64_t>, std::unique_ptr<Pass>> passes_;
  std::unique_ptr<Pass> largest_;
  const Pass* last_ = nullptr;
};

}  // namespace cria::model
