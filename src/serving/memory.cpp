#include "serving/memory.h"

#include <algorithm>

#include "base/error.h"
#include "kvcache/cache.h"

namespace cria::serving {
namespace {

// Gives states without memory: a cache made on it says how much it would take.
class Measuring final : public ml::Backend {
 public:
  std::string_view name() const override { return "measuring"; }
  std::vector<ml::Device> devices() const override { return {}; }
  bool supports(const ml::Node& /*node*/) const override { return true; }
  void load(const ml::Node& /*weight*/, const ml::WeightUses& /*uses*/) override {}
  std::unique_ptr<ml::State> allocate(const ml::StateSpec& spec) override {
    return std::make_unique<Nothing>(spec.name, spec.dtype, spec.shape);
  }
  void read(const ml::State& /*state*/, int64_t /*first*/,
            std::span<std::byte> /*out*/) const override {
    fail(Error::Code::kInternal, "there is nothing to read");
  }
  void write(ml::State& /*state*/, int64_t /*first*/,
             std::span<const std::byte> /*rows*/) override {}
  std::unique_ptr<ml::Plan> plan(const ml::Graph& /*graph*/,
                                 std::span<const ml::Tensor> /*outputs*/) override {
    fail(Error::Code::kInternal, "there is nothing to run");
  }
  void run(ml::Plan& /*plan*/) override {}

 private:
  struct Nothing final : ml::State {
    using State::State;
  };
};

// As backends lay weights out: quantised blocks may get a few bytes more, scales of 16 bits where a
// file has 8, and fillings.
int64_t weight_bytes(const model::LoadedModel& loaded) {
  int64_t bytes = 0;
  for (const ml::Node* weight : loaded.weight_list()) {
    const int64_t elements = weight->shape.size(), block = ml::info(weight->dtype).block_elements;
    const int64_t more = block == 1 ? 0 : block <= 32 ? 3 : 6;
    bytes += ml::row_bytes(weight->dtype, elements) + elements / block * more;
  }
  return bytes;
}

// A pass holds a few rows of the widest layer for each of its tokens, and logits for each output.
int64_t pass_bytes(const model::LoadedModel& loaded, const model::ExecutorOptions& options) {
  constexpr int64_t kRows = 6, kFloat = sizeof(float);
  int64_t widest = loaded.config->dim("embedding_length", 0);
  for (const ml::Node* weight : loaded.weight_list()) {
    const bool is_output =
        weight->shape.rank() == 2 && weight->shape[0] == loaded.model->vocabulary();
    if (weight->shape.rank() >= 2 && !is_output) widest = std::max(widest, weight->shape[-2]);
  }
  return kFloat *
         (kRows * widest * options.max_tokens + loaded.model->vocabulary() * options.max_outputs);
}

}  // namespace

int64_t cache_bytes(const model::LoadedModel& loaded, const kvcache::Options& options) {
  Measuring backend;
  kvcache::Options measured = options;
  if (loaded.model->vision() && measured.encoder_rows <= 0) {
    measured.encoder_rows = 4 * loaded.model->vision()->vision_spec().encoded;
  }
  return kvcache::Cache(backend, loaded.model->cache_spec(), measured).bytes();
}

int64_t predicted_bytes(const model::LoadedModel& loaded, const model::ExecutorOptions& options) {
  kvcache::Options cache = options.cache;
  cache.pass = options.max_tokens;
  return weight_bytes(loaded) + cache_bytes(loaded, cache) + pass_bytes(loaded, options);
}

}  // namespace cria::serving
