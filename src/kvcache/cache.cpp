#include "kvcache/cache.h"

#include <algorithm>

#include "base/error.h"

namespace cria::kvcache {
namespace {

int64_t blocks_for(int64_t tokens, int64_t block_size) {
  return (tokens + block_size - 1) / block_size;
}

std::span<int32_t> ints(ml::Plan& plan, ml::Tensor input) {
  const std::span<std::byte> bytes = plan.input(input);
  return {reinterpret_cast<int32_t*>(bytes.data()), bytes.size() / sizeof(int32_t)};
}

}  // namespace

ml::History Layer::append(ml::Tensor key, ml::Tensor value) {
  history_.keys = ml::store(history_.keys, key, slots_);
  history_.values = ml::store(history_.values, value, slots_);
  return history_;
}

Cache::Cache(ml::Backend& backend, std::span<const LayerSpec> layers, const Options& options)
    : options_(options) {
  if (options.tokens <= 0 || options.sequences <= 0 || options.block_size <= 0) {
    fail(Error::Code::kInvalidArgument, "cache: ", options.tokens, " tokens, ", options.sequences,
         " sequences, blocks of ", options.block_size, ", expected all positive");
  }
  const int64_t blocks = blocks_for(options.tokens, options.block_size);
  if (options_.context <= 0) options_.context = options.tokens;
  max_blocks_ = blocks_for(options_.context, options.block_size);
  for (size_t i = 0; i < layers.size(); ++i) {
    const auto state = [&](ml::StateRole role, ml::DType dtype, int64_t dim) {
      const ml::Shape shape{blocks * options.block_size, layers[i].kv_heads, dim};
      states_.push_back(
          backend.allocate({.name = concat(role == ml::StateRole::kKeys ? "keys." : "values.", i),
                            .role = role,
                            .dtype = dtype,
                            .shape = shape,
                            .block_size = options.block_size}));
      bytes_ += shape[0] * ml::row_bytes(dtype, shape[1] * shape[2]);
    };
    state(ml::StateRole::kKeys, options.key_type, layers[i].head_dim);
    state(ml::StateRole::kValues, options.value_type,
          layers[i].value_dim ? layers[i].value_dim : layers[i].head_dim);
  }
  // The lowest block is handed out first, so that a lone sequence lies in order.
  for (int64_t block = blocks; block-- > 0;) free_.push_back(static_cast<int32_t>(block));
  tables_.resize(static_cast<size_t>(options.sequences));
  for (Table& table : tables_) table.blocks.reserve(static_cast<size_t>(max_blocks_));
}

Cache::~Cache() = default;

std::optional<Sequence> Cache::open() {
  const auto unused =
      std::find_if(tables_.begin(), tables_.end(), [](const Table& t) { return !t.open; });
  if (unused == tables_.end()) return std::nullopt;
  unused->open = true;
  return static_cast<Sequence>(unused - tables_.begin());
}

void Cache::close(Sequence sequence) {
  truncate(sequence, 0);
  tables_[static_cast<size_t>(sequence)].open = false;
}

Cache::Outcome Cache::reserve(Sequence sequence, int64_t tokens) {
  Table& table = tables_[static_cast<size_t>(sequence)];
  CRIA_CHECK(table.open && tokens >= 0);
  if (table.length + tokens > options_.context) return Outcome::kContextFull;
  const size_t needed = static_cast<size_t>(blocks_for(table.length + tokens, options_.block_size));
  const size_t more = needed > table.blocks.size() ? needed - table.blocks.size() : 0;
  if (more > free_.size()) return Outcome::kPoolFull;
  for (size_t i = 0; i < more; ++i) {
    table.blocks.push_back(free_.back());
    free_.pop_back();
  }
  return Outcome::kOk;
}

int64_t Cache::length(Sequence sequence) const {
  return tables_[static_cast<size_t>(sequence)].length;
}
int64_t Cache::context() const { return options_.context; }
int64_t Cache::free_blocks() const { return static_cast<int64_t>(free_.size()); }
int64_t Cache::bytes() const { return bytes_; }

void Cache::truncate(Sequence sequence, int64_t length) {
  Table& table = tables_[static_cast<size_t>(sequence)];
  CRIA_CHECK(table.open && length >= 0 && length <= table.length);
  table.length = length;
  const size_t kept = static_cast<size_t>(blocks_for(length, options_.block_size));
  while (table.blocks.size() > kept) {
    free_.push_back(table.blocks.back());
    table.blocks.pop_back();
  }
}

View Cache::view(ml::Graph& graph, int64_t tokens) const {
  View view;
  view.positions = graph.input("positions", ml::DType::kI32, {tokens});
  view.sequences = graph.input("sequences", ml::DType::kI32, {tokens});
  view.slots = graph.input("slots", ml::DType::kI32, {tokens});
  view.tables = graph.input("tables", ml::DType::kI32, {options_.sequences, max_blocks_});
  for (size_t i = 0; i < states_.size(); i += 2) {
    view.layers.emplace_back(ml::History{.keys = graph.state(*states_[i]),
                                         .values = graph.state(*states_[i + 1]),
                                         .tables = view.tables,
                                         .sequences = view.sequences,
                                         .positions = view.positions},
                             view.slots, options_.block_size);
  }
  return view;
}

void Cache::place(std::span<const Sequence> sequences, const View& view, ml::Plan& plan) {
  const std::span<int32_t> positions = ints(plan, view.positions),
                           rows = ints(plan, view.sequences);
  const std::span<int32_t> slots = ints(plan, view.slots), tables = ints(plan, view.tables);
  CRIA_CHECK(positions.size() == sequences.size());
  for (size_t t = 0; t < sequences.size(); ++t) {
    const size_t row = static_cast<size_t>(sequences[t]);
    Table& table = tables_[row];
    const int64_t position = table.length++;
    CRIA_CHECK(table.open &&
               position / options_.block_size < static_cast<int64_t>(table.blocks.size()));
    if (t == 0 || sequences[t] != sequences[t - 1]) {
      std::copy(table.blocks.begin(), table.blocks.end(),
                tables.begin() + static_cast<int64_t>(row) * max_blocks_);
    }
    positions[t] = static_cast<int32_t>(position);
    rows[t] = sequences[t];
    slots[t] = static_cast<int32_t>(
        table.blocks[static_cast<size_t>(position / options_.block_size)] * options_.block_size +
        position % options_.block_size);
  }
}

}  // namespace cria::kvcache
