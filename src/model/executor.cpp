#include "model/executor.h"

#include <algorithm>
#include <chrono>
#include <cstring>
#include <unordered_map>

#include "base/error.h"
#include "base/log.h"
#include "base/memory.h"
#include "model/layer_results.h"
#include "model/pass_graph.h"

namespace cria::model {
namespace {

using Uses = std::unordered_map<const ml::Node*, ml::WeightUses>;

void add_uses(const ml::Graph& graph, Uses& uses) {
  for (const ml::Node& node : graph.nodes()) {
    for (size_t i = 0; i < node.inputs.size(); ++i) {
      const ml::Node* input = node.inputs[i];
      if (!input || input->op != ml::Op::kWeight) continue;
      const bool product = node.op == ml::Op::kMatmul || node.op == ml::Op::kExpertsMatmul;
      (product && i == 0 ? uses[input].matmul : uses[input].other) = true;
    }
  }
}

int64_t bytes_of(std::span<const ml::Node* const> weights) {
  int64_t bytes = 0;
  for (const ml::Node* weight : weights)
    bytes += ml::row_bytes(weight->dtype, weight->shape.size());
  return bytes;
}

// What is left of the input becomes 0.
void write_ints(ml::Plan& plan, ml::Tensor input, std::span<const int32_t> values) {
  const std::span<std::byte> to = plan.input(input);
  CRIA_CHECK(to.size() >= values.size_bytes());
  const auto bytes = std::as_bytes(values);
  std::ranges::fill(std::ranges::copy(bytes, to.begin()).out, to.end(), std::byte{0});
}

// A busy server sees passes of every size. Rounded up in steps of an eighth they need few plans,
// and the rows that fill them up cost little.
int64_t rounded_up(int64_t n, int64_t largest_step, int64_t most) {
  int64_t step = 1;
  while (step * 16 <= n && step * 2 <= largest_step) step *= 2;
  return std::min((n + step - 1) / step * step, most);
}

// For which there is room at once, as far as nobody says otherwise.
constexpr int64_t kMostPictures = 4;

// As forward() names it.
ml::Tensor last_hidden(ml::Graph& graph) {
  const auto& nodes = graph.nodes();
  const auto found = std::find_if(nodes.rbegin(), nodes.rend(), [](const ml::Node& node) {
    return node.name.starts_with("hidden.");
  });
  CRIA_CHECK(found != nodes.rend());
  return {&graph, &*found};
}

}  // namespace

struct Executor::Pass : PassGraph {
  using PassGraph::PassGraph;

  Form form;
  std::vector<ml::Tensor> results;  // what a run gives, then what a trace or factors keep
  struct Product {
    const ml::Node* node;
    size_t factor, experts;  // results: what the weight is multiplied with, and which matrices
  };
  std::vector<Product> products;
  std::vector<std::pair<std::string, size_t>> layers;  // and the result of each
  std::unique_ptr<ml::Plan> plan;
};

struct Executor::Removal {
  ml::Graph graph;
  kvcache::MoveView view;
  std::unique_ptr<ml::Plan> plan;
};

Executor::Executor(const Model& model, std::span<const ml::Node* const> weights,
                   const ExecutorOptions& options, const Progress& progress)
    : model_(model), options_(options), vocabulary_(model.vocabulary()) {
  const auto start = std::chrono::steady_clock::now();
  if (options_.cache.tokens <= 0) options_.cache.tokens = options_.max_tokens;
  options_.cache.pass = options_.max_tokens;
  if (const int64_t most = model.positions(); most > 0) {
    const int64_t context = options_.cache.context;
    options_.cache.context = context > 0 ? std::min(context, most) : most;
  }
  backend_ = ml::make_backend(options_.backend, options_.backend_options);
  if (model.vision() && options_.cache.encoder_rows <= 0) {
    options_.cache.encoder_rows = model.vision()->vision_spec().encoded * kMostPictures;
  }
  cache_ = std::make_unique<kvcache::Cache>(*backend_, model.cache_spec(), options_.cache);

  // The largest pass there will be says what each weight is for, and how much memory the others may
  // need.
  options_.max_outputs = std::min(options_.max_outputs, options_.max_tokens);
  largest_ = build({options_.max_tokens, options_.max_outputs, false, true});
  if (model.vision())
    pictures_ = std::make_unique<PictureEncoder>(*model.vision(), *backend_, *cache_);
  load(weights, progress);
  compile(*largest_);
  if (pictures_) pictures_->compile();
  if (options_.hidden) pass({options_.max_tokens, options_.max_tokens, true, true});
  removal_ = build_removal();
  const std::chrono::duration<double> seconds = std::chrono::steady_clock::now() - start;
  log::debug("executor: ", backend_->name(), " (", backend_->devices().front().description,
             "), weights ", bytes_of(weights) >> 20, " MiB, cache ", cache_->bytes() >> 20,
             " MiB for ", options_.cache.tokens, " tokens, ready after ", seconds.count(), " s");
}

Executor::~Executor() = default;

void Executor::load(std::span<const ml::Node* const> weights, const Progress& progress) {
  Uses uses;
  add_uses(largest_->graph, uses);
  if (pictures_) add_uses(pictures_->graph(), uses);
  const int64_t total = std::max<int64_t>(1, bytes_of(weights));
  int64_t done = 0;
  for (const ml::Node* weight : weights) {
    backend_->load(*weight, uses[weight]);
    done += ml::row_bytes(weight->dtype, weight->shape.size());
    if (progress && !progress(static_cast<uint64_t>(done), static_cast<uint64_t>(total))) {
      fail(Error::Code::kCancelled, "loading was cancelled");
    }
  }
}

const kvcache::View& Executor::largest_view() const { return largest_->view; }

std::unique_ptr<Executor::Pass> Executor::build(const Form& form) const {
  using Encoders = PassGraph::Encoders;
  auto pass = std::make_unique<Pass>(model_, *cache_, form.tokens, form.outputs,
                                     form.encoders ? Encoders::kIncluded : Encoders::kLeftOut);
  pass->form = form;
  pass->results.push_back(form.hidden ? last_hidden(pass->graph) : pass->output);
  if (options_.factors) keep_factors(*pass);
  for (const auto& [name, node] : layer_results(pass->graph, options_.layers)) {
    pass->layers.emplace_back(name, pass->results.size());
    pass->results.emplace_back(&pass->graph, node);
  }
  if (!options_.trace) return pass;
  for (const ml::Node& node : pass->graph.nodes()) {
    const bool leaf = node.op == ml::Op::kInput || node.op == ml::Op::kState;
    if (!node.name.empty() && !leaf) pass->results.emplace_back(&pass->graph, &node);
  }
  return pass;
}

void Executor::keep_factors(Pass& pass) {
  const auto kept = [&](const ml::Node* node) {
    const auto same = [&](ml::Tensor result) { return result.node() == node; };
    const auto found = std::ranges::find_if(pass.results, same);
    const auto index = static_cast<size_t>(found - pass.results.begin());
    if (found == pass.results.end()) pass.results.emplace_back(&pass.graph, node);
    return index;
  };
  for (const ml::Node& node : pass.graph.nodes()) {
    const bool product = node.op == ml::Op::kMatmul || node.op == ml::Op::kExpertsMatmul;
    if (!product || node.inputs[0]->op != ml::Op::kWeight) continue;
    const bool chooses = node.op == ml::Op::kExpertsMatmul;
    pass.products.push_back({.node = &node,
                             .factor = kept(node.inputs[1]),
                             .experts = chooses ? kept(node.inputs[2]) : 0});
  }
}

std::vector<Executor::Factor> Executor::factors() const {
  std::vector<Factor> factors;
  if (!last_) return factors;
  for (const Pass::Product& product : last_->products) {
    const ml::Node& weight = *product.node->inputs[0];
    Factor factor{.weight = weight.name,
                  .matrices = weight.shape.rank() > 2 ? weight.shape[0] : 1,
                  .shape = product.node->inputs[1]->shape,
                  .values = last_->plan->output(product.factor),
                  .experts = {}};
    if (product.experts > 0) {
      const std::span<const float> ids = last_->plan->output(product.experts);
      factor.experts.resize(ids.size());
      std::memcpy(factor.experts.data(), ids.data(), ids.size_bytes());  // they are i32
    } else if (factor.matrices > 1) {  // each has as many vectors, one matrix after the other
      const int64_t vectors = factor.shape.size() / weight.shape[-1];
      for (int64_t i = 0; i < vectors; ++i)
        factor.experts.push_back(static_cast<int32_t>(i * factor.matrices / vectors));
    }
    factors.push_back(std::move(factor));
  }
  return factors;
}

void Executor::compile(Pass& pass) { pass.plan = backend_->plan(pass.graph, pass.results); }

std::unique_ptr<Executor::Removal> Executor::build_removal() const {
  auto removal = std::make_unique<Removal>();
  removal->view = cache_->move_view(removal->graph);
  const kvcache::MoveView& view = removal->view;
  std::vector<ml::Tensor> results;
  for (const auto& layer : view.layers) {
    const ml::Tensor from = view.from[layer.group], to = view.to[layer.group];
    const ml::Tensor keys = model_.shift(layer.layer, ml::rows(layer.keys, from), view.delta);
    if (!keys) return nullptr;
    const ml::Tensor values = ml::rows(layer.values, from);
    results.push_back(ml::store(layer.keys, keys, to));
    results.push_back(ml::store(layer.values, values, to));
  }
  removal->plan = backend_->plan(removal->graph, {});
  return removal;
}

kvcache::Cache::Outcome Executor::remove(kvcache::Sequence sequence, int64_t begin, int64_t end) {
  using Outcome = kvcache::Cache::Outcome;
  if (!removal_ && end < cache_->length(sequence)) return Outcome::kImpossible;
  const Outcome outcome = cache_->remove(sequence, begin, end, moves_);
  if (outcome != Outcome::kOk) return outcome;
  for (int64_t first = 0; first < moves_.count();) {
    first += cache_->place_moves(moves_, first, removal_->view, *removal_->plan);
    backend_->run(*removal_->plan);
  }
  last_ = nullptr;
  return outcome;
}

Executor::Form Executor::rounded(Form form) const {
  // A trace shows every row, so there it has those of the tokens; likewise factors.
  if (options_.trace || options_.factors || !options_.layers.empty()) return form;
  const int64_t most = form.hidden ? options_.max_tokens : options_.max_outputs;
  // What fills a pass up has positions, too.
  const int64_t step = std::min(options_.cache.block_size, cache_->context());
  form.tokens = rounded_up(form.tokens, step, options_.max_tokens);
  form.outputs = rounded_up(form.outputs, most, most);
  return form;
}

Executor::Pass& Executor::pass(const Form& form) {
  const auto fits = [&](const Pass& p) { return p.form == form; };
  if (fits(*largest_)) return *largest_;
  const auto known = std::ranges::find_if(passes_, [&](const auto& p) { return fits(*p); });
  if (known != passes_.end()) {
    passes_.splice(passes_.begin(), passes_, known);
    return *passes_.front();
  }
  if (passes_.size() >= kMostPasses) {
    last_ = nullptr;
    passes_.pop_back();
  }
  passes_.push_front(build(form));
  compile(*passes_.front());
  return *passes_.front();
}

void Executor::check(const Step& step) const {
  CRIA_CHECK(!step.tokens.empty() && step.tokens.size() == step.sequences.size());
  const auto outputs = static_cast<int64_t>(step.outputs.size());
  CRIA_CHECK(static_cast<int64_t>(step.tokens.size()) <= options_.max_tokens &&
             outputs <= (step.hidden ? options_.max_tokens : options_.max_outputs));
  for (int32_t token : step.tokens) {
    if (token < 0 || token >= token_ids()) {
      fail(Error::Code::kInvalidArgument, "token id ", token, ", expected 0 to ", token_ids() - 1);
    }
  }
  CRIA_CHECK(step.types.empty() || step.types.size() == step.tokens.size());
  for (int32_t type : step.types) {
    if (type < 0 || type >= model_.token_types()) {
      fail(Error::Code::kInvalidArgument, "token type ", type, ", expected one below ",
           model_.token_types());
    }
  }
  if (!bidirectional()) return;
  for (const kvcache::Sequence sequence : step.sequences) {
    if (cache_->length(sequence) == 0) continue;
    fail(Error::Code::kInvalidArgument, "a text of ", cache_->length(sequence),
         " tokens cannot go on: the model sees texts as a whole, in one pass");
  }
}

std::span<const float> Executor::run(const Step& step) {
  check(step);
  const bool encoders =
      !pictures_ || std::ranges::any_of(step.sequences, [&](kvcache::Sequence sequence) {
        return cache_->has_encoded(sequence);
      });
  Pass& pass =
      this->pass(rounded({static_cast<int64_t>(step.tokens.size()),
                          static_cast<int64_t>(step.outputs.size()), step.hidden, encoders}));
  cache_->place(step.tokens, step.sequences, pass.view, *pass.plan);
  write_ints(*pass.plan, pass.batch.tokens, step.tokens);
  write_ints(*pass.plan, pass.batch.outputs, step.outputs);
  if (pass.batch.types) write_ints(*pass.plan, pass.batch.types, step.types);
  backend_->run(*pass.plan);
  cache_->commit(step.sequences);
  last_ = &pass;
  if (pictures_) pictures_->forget_results();
  const ml::Shape& rows = pass.results[0].shape();
  return pass.plan->output(0).first(step.outputs.size() * static_cast<size_t>(rows[1]));
}

std::vector<NamedResult> Executor::trace() const {
  if (pictures_ && pictures_->has_results()) return pictures_->results();
  std::vector<NamedResult> named;
  if (!last_) return named;
  for (size_t i = 1; i < last_->results.size(); ++i) {
    const ml::Node& node = *last_->results[i].node();
    if (node.name.empty()) continue;
    named.push_back({node.name, node.shape, last_->plan->output(i)});
  }
  for (const auto& [name, i] : last_->layers) {
    named.push_back({name, last_->results[i].shape(), last_->plan->output(i)});
  }
  return named;
}

kvcache::Cache::Outcome Executor::encode(kvcache::Sequence sequence,
                                         std::span<const PlacedPicture> pictures) {
  if (!pictures_)
    fail(Error::Code::kInvalidArgument, "a picture was given, but the model can not see");
  last_ = nullptr;
  return pictures_->encode(sequence, pictures);
}

}  // namespace cria::model
