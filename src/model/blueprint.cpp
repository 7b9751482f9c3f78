#include "model/blueprint.h"

#include <algorithm>

#include "base/error.h"

namespace cria::model {
namespace {

// Its states have shapes and nothing else; it computes nothing.
class Shapes final : public ml::Backend {
 public:
  std::string_view name() const override { return "shapes"; }
  std::vector<ml::Device> devices() const override { return {}; }
  bool supports(const ml::Node&) const override { return true; }
  void load(const ml::Node&, const ml::WeightUses&) override { CRIA_CHECK(false); }
  std::unique_ptr<ml::State> allocate(const ml::StateSpec& spec) override {
    return std::make_unique<ml::State>(spec.name, spec.dtype, spec.shape);
  }
  void read(const ml::State&, int64_t, std::span<std::byte>) const override { CRIA_CHECK(false); }
  void write(ml::State&, int64_t, std::span<const std::byte>) override { CRIA_CHECK(false); }
  std::unique_ptr<ml::Plan> plan(const ml::Graph&, std::span<const ml::Tensor>) override {
    CRIA_CHECK(false);
    return nullptr;
  }
  void run(ml::Plan&) override { CRIA_CHECK(false); }
};

}  // namespace

Blueprint::Blueprint(const Model& model, int64_t tokens) : backend_(std::make_unique<Shapes>()) {
  kvcache::Options options{.tokens = tokens, .pass = tokens};
  if (model.positions() > 0) options.context = std::min(tokens, model.positions());
  if (model.vision()) options.encoder_rows = model.vision()->vision_spec().encoded;
  cache_ = std::make_unique<kvcache::Cache>(*backend_, model.cache_spec(), options);
  pass_ = std::make_unique<PassGraph>(model, *cache_, tokens, 1);
  if (model.vision()) {
    encoder_ = std::make_unique<PictureEncoder>(*model.vision(), *backend_, *cache_);
  }
}

const ml::Graph& Blueprint::encoder() const {
  if (!encoder_)
    fail(Error::Code::kInvalidArgument, "the model can not see: it has no encoder of pictures");
  return encoder_->graph();
}

}  // namespace cria::model
