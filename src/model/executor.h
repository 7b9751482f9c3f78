#pragma once
// Runs a model on a backend: plans are compiled once per shape of a pass and reused, so that steady
// decoding builds no graph and allocates nothing.

#include <functional>
#include <list>
#include <memory>
#include <span>
#include <string>
#include <vector>

#include "kvcache/cache.h"
#include "ml/backend.h"
#include "model/model.h"
#include "model/picture_encoder.h"

namespace cria::model {

struct ExecutorOptions {
  std::string backend = "auto";
  ml::BackendOptions backend_options;
  kvcache::Options cache;
  int64_t max_tokens = 512;  // of one pass
  int64_t max_outputs = 1;   // rows of logits of one pass
  bool hidden = false;       // room for passes that give hidden states of all their tokens
  bool trace = false;        // also keep every named result
  bool factors = false;      // also keep what each weight is multiplied with
  // Also keep what these layers give, by their names in bind: "blk.0.attn_output".
  std::vector<std::string> layers = {};
};

// One pass: token i goes to the end of sequences[i].
struct Step {
  std::span<const int32_t> tokens;
  std::span<const kvcache::Sequence> sequences;
  std::span<const int32_t> outputs;     // indices into tokens, ascending: whose logits are wanted
  std::span<const int32_t> types = {};  // of tokens, where the model has such; empty: all 0
  bool hidden = false;                  // the last hidden states are wanted instead
};

class Executor {
 public:
  // Loads the weights (told how many bytes are; false cancels), allocates the cache, plans the
  // largest pass: lack of memory is an error here and never later.
  using Progress = std::function<bool(uint64_t done, uint64_t total)>;
  Executor(const Model& model, std::span<const ml::Node* const> weights,
           const ExecutorOptions& options, const Progress& progress = {});
  ~Executor();

  kvcache::Cache& cache() { return *cache_; }
  ml::Backend& backend() { return *backend_; }
  int64_t vocabulary() const { return vocabulary_; }
  int64_t token_ids() const { return model_.token_ids(); }
  int64_t token_types() const { return model_.token_types(); }
  const Vision* vision() const { return model_.vision(); }
  Output output() const { return model_.output(); }
  // Whether tokens see those after them, so that a sequence has to be one pass.
  bool bidirectional() const { return static_cast<bool>(largest_view().last_positions); }
  const ExecutorOptions& options() const { return options_; }

  // Room in the cache must have been reserved. Returns the logits [outputs, vocab], or what else
  // the model gives, or hidden states [outputs, width], valid until the next run.
  std::span<const float> run(const Step& step);

  // Encodes the pictures that an empty sequence, opened without ids, will hold at these positions,
  // ascending: kContextFull when they are more than there can be. Names "image.vision_states" and
  // others of the last one, for trace().
  [[nodiscard]] kvcache::Cache::Outcome encode(kvcache::Sequence sequence,
                                               std::span<const PlacedPicture> pictures);

  // Removes the tokens of a sequence at positions [begin, end), and moves those after them with
  // their keys rotated; kImpossible also when the model can not rotate them.
  [[nodiscard]] kvcache::Cache::Outcome remove(kvcache::Sequence sequence, int64_t begin,
                                               int64_t end);

  size_t plans() const { return passes_.size() + 1; }  // compiled and kept

  // Of the last run: with options.trace the named results, then those of options.layers.
  std::vector<NamedResult> trace() const;

  // With options.factors: what the last run multiplied each weight with, in the order of the graph.
  struct Factor {
    std::string weight;
    int64_t matrices;  // experts or heads, or 1
    ml::Shape shape;   // [.., in]: a vector per use; of experts one per token may do
    std::span<const float> values;
    std::vector<int32_t> experts;  // of each use, which matrix; empty when there is one
  };
  std::vector<Factor> factors() const;

 private:
  struct Pass;     // a graph, its plan and its inputs
  struct Removal;  // the same for moving a block's worth of tokens
  // More shapes than that are compiled anew, those that were not used for longest.
  static constexpr size_t kMostPasses = 64;

  void load(std::span<const ml::Node* const> weights, const Progress& progress);
  // Of a pass, and which plan it can use.
  struct Form {
    int64_t tokens, outputs;  // rows
    bool hidden;
    bool encoders;  // layers of kind kEncoder are in it
    friend bool operator==(const Form&, const Form&) = default;
  };
  const kvcache::View& largest_view() const;
  std::unique_ptr<Pass> build(const Form& form) const;
  std::unique_ptr<Removal> build_removal() const;
  static void keep_factors(Pass& pass);
  void compile(Pass& pass);
  Form rounded(Form form) const;
  Pass& pass(const Form& form);
  void check(const Step& step) const;

  const Model& model_;
  ExecutorOptions options_;
  int64_t vocabulary_;
  std::unique_ptr<ml::Backend> backend_;
  std::unique_ptr<kvcache::Cache> cache_;
  std::list<std::unique_ptr<Pass>> passes_;  // the last one used first
  std::unique_ptr<Pass> largest_;
  std::unique_ptr<Removal> removal_;          // null: the model can not rotate keys
  std::unique_ptr<PictureEncoder> pictures_;  // null: the model can not see
  kvcache::Moves moves_;
  const Pass* last_ = nullptr;
};

}  // namespace cria::model
