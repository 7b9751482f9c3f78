#pragma once
// What an architecture implements: one file that reads like its paper.

#include <map>
#include <memory>
#include <string_view>
#include <type_traits>
#include <vector>

#include "kvcache/cache.h"
#include "ml/ops.h"
#include "model/config.h"
#include "model/vision.h"
#include "nn/weights.h"

namespace cria::model {

// One pass's inputs, as graph tensors.
struct Batch {
  ml::Tensor tokens;     // i32 [t]
  ml::Tensor positions;  // i32 [t]
  ml::Tensor outputs;    // i32 [n]: the rows whose logits are wanted; null: all
  ml::Tensor types;      // i32 [t]: of models with token_types()
};

// What forward() gives a row of.
enum class Output : uint8_t {
  kLogits,  // [n, vocab]: it continues texts
  kHidden,  // [n, width]: it only reads them, for their embeddings
  kScores,  // [n, labels]: it judges them; a text's score is that of its first token
};

class Model {
 public:
  virtual ~Model() = default;

  // Names every weight with its shape, once.
  virtual void bind(nn::Weights& weights) = 0;

  // Builds the graph of one pass and returns its output: the logits [n, vocab], unless output()
  // says otherwise. Names "hidden.0" the embeddings, "hidden.i" what leaves block i - 1, the last
  // one after the final norm and only of the rows asked for.
  virtual ml::Tensor forward(const Batch& batch, kvcache::View& cache) const = 0;

  // What each layer wants the cache to keep.
  virtual std::vector<kvcache::LayerSpec> cache_spec() const = 0;

  // Re-rotates cached keys [n, kv_heads, head_dim] by `delta` positions [n], when tokens before
  // them are removed. Null when a model can not: then what is left is computed anew.
  virtual ml::Tensor shift(size_t layer, ml::Tensor key, ml::Tensor delta) const = 0;

  virtual int64_t vocabulary() const = 0;
  virtual Output output() const { return Output::kLogits; }
  // Kinds of tokens, by the part of a text that they belong to; 0: all are alike.
  virtual int64_t token_types() const { return 0; }
  // How many ids there are of tokens to read; some models can not say all that they can read.
  virtual int64_t token_ids() const { return vocabulary(); }
  // Null: it can not see.
  virtual const Vision* vision() const { return nullptr; }
  // Positions that it has learnt embeddings of, beyond which no text can go; 0: any.
  virtual int64_t positions() const { return 0; }
};

using Factory = std::unique_ptr<Model> (*)(const Config& config);

// Which files a model is for: those of an architecture that have `key` above zero, before those
// that need not have any.
struct Registered {
  Factory make;
  std::string_view architecture;  // in files
  std::string_view key;           // empty: none
  bool sees;                      // pictures; see Model::vision()
};
std::map<std::string_view, Registered>& architectures();  // by the name of the model

// The name of the model for a file: Unsupported with the names there are.
std::string_view find_model(const Config& config);
std::unique_ptr<Model> make_model(const Config& config);

// const Registration<Llama> kRegistered{"llama"};
// const Registration<Mixtral> kRegistered{"mixtral", {.architecture = "llama", .key =
// "expert_count"}};
template <class M>
struct Registration {
  struct Files {
    std::string_view architecture, key;
  };
  explicit Registration(std::string_view name) : Registration(name, {name, {}}) {}
  Registration(std::string_view name, const Files& files) {
    const auto make = [](const Config& config) -> std::unique_ptr<Model> {
      return std::make_unique<M>(config);
    };
    architectures()[name] = {make, files.architecture, files.key, std::is_base_of_v<Vision, M>};
  }
};

}  // namespace cria::model
