#pragma once
// From the model that a request names to one in memory.

#include <cstdint>
#include <memory>
#include <optional>
#include <stop_token>
#include <string>
#include <vector>

#include "modelfile/modelfile.h"
#include "registry/store.h"
#include "server/requests/requests.h"
#include "server/scheduler.h"
#include "serving/text_model.h"
#include "serving/vector_model.h"
#include "template/reply/reply_format.h"

namespace cria::server {

// What a model was stored with besides its weights.
struct StoredSettings {
  Options parameters;
  std::string system;
  std::vector<modelfile::Message> messages;
  std::string renderer, parser;
};

// A model that writes.
struct LoadedText final : Loaded {
  LoadedText(StoredSettings with, std::unique_ptr<serving::TextModel> read, int64_t size);
  int64_t bytes() const override { return size_bytes; }

  StoredSettings stored;
  std::unique_ptr<serving::TextModel> model;
  chat::ReplyFormat reply;
  int64_t size_bytes;
};

// A model that makes vectors of texts.
struct LoadedVectors final : Loaded {
  LoadedVectors(std::unique_ptr<serving::VectorModel> read, int64_t size)
      : model(std::move(read)), size_bytes(size) {}
  int64_t bytes() const override { return size_bytes; }

  std::unique_ptr<serving::VectorModel> model;
  int64_t size_bytes;
};

struct ModelOptions {
  int64_t context = 0;         // tokens; 0: by the model and the memory
  int64_t sequences = 0;       // answers of a model at once; 0: kSequences
  int64_t most_waiting = 512;  // answers of a model that have not begun
  serving::ComputeOptions compute = {};
  std::optional<serving::KeptPrefixes> prefixes = {};  // where they outlive a model
  Scheduler::KeepAlive keep_alive = std::chrono::minutes(5);
};

class Models {
 public:
  static constexpr int64_t kSequences = 8;

  Models(registry::Store store, ModelOptions options, Scheduler& scheduler)
      : store_(std::move(store)), options_(std::move(options)), scheduler_(scheduler) {}

  const registry::Store& store() const { return store_; }
  Scheduler& scheduler() const { return scheduler_; }

  // NotFound, as Ollama says it; InvalidArgument: no name.
  registry::Model open(const std::string& name) const;

  // Both wait until the model is there, and take num_ctx and num_thread of `options`, or of the
  // model: LoadedText, LoadedVectors. Unsupported: it cannot do that. What Scheduler::acquire and
  // reading files throw.
  Scheduler::Lease text(const std::string& name, const Options& options,
                        const KeepAliveChoice& keep_alive, const std::stop_token& stop) const;
  Scheduler::Lease vectors(const std::string& name, const Options& options,
                           const KeepAliveChoice& keep_alive, const std::stop_token& stop) const;
  // Tokens that a prompt and its answer may have, also when the model was loaded with more.
  int64_t context(const LoadedText& loaded, const Options& options) const;
  // False: it was not loaded.
  bool unload(const std::string& name) const;

 private:
  // What a request and a model say of how it is to be loaded.
  struct Choice {
    int64_t context;
    int threads;
  };
  Choice choice(const Options& model, const Options& request) const;
  Choice text_choice(const Options& model, const Options& request) const;
  serving::ComputeOptions compute(const registry::Model& stored, const Choice& choice) const;
  Scheduler::Lease acquire(Wanted wanted, const KeepAliveChoice& keep_alive,
                           const std::stop_token& stop) const;

  registry::Store store_;
  ModelOptions options_;
  Scheduler& scheduler_;
};

}  // namespace cria::server
