#include "kvcache/cache.h"

#include <algorithm>
#include <limits>

#include "base/error.h"

namespace cria::kvcache {
namespace {

// Of the states of recurrent layers; any backend can lay out such blocks.
constexpr int64_t kStatesTogether = 16;

int64_t divided_up(int64_t n, int64_t by) { return n / by + (n % by > 0); }

void check(const Options& o) {
  const int64_t most = std::numeric_limits<int32_t>::max();  // positions and slots are i32
  const auto fits = [](int64_t n) { return n > 0 && n <= most; };
  if (o.tokens <= 0 || !fits(o.sequences) || !fits(o.block_size) || !fits(o.pass)) {
    fail(Error::Code::kInvalidArgument, "cache: ", o.tokens, " tokens, ", o.sequences,
         " sequences, blocks of ", o.block_size, ", passes of ", o.pass, ", expected all positive");
  }
  if (o.context > most || o.encoder_rows < 0 || o.encoder_rows > most || o.checkpoints < 0 ||
      o.checkpoints > most) {
    fail(Error::Code::kInvalidArgument, "cache: a context of ", o.context, ", ", o.encoder_rows,
         " encoder rows, ", o.checkpoints, " checkpoints, expected 0 to ", most);
  }
}

void check(const LayerSpec& layer, size_t index) {
  const bool recurrent = layer.kind == LayerKind::kRecurrent;
  const bool window = layer.kind == LayerKind::kWindow;
  if (recurrent == layer.recurrent.empty() || window != (layer.window > 0)) {
    fail(Error::Code::kInvalidArgument, "cache: layer ", index, " has ", layer.recurrent.size(),
         " recurrent parts and a window of ", layer.window, ", which does not fit its kind");
  }
}

void reset_state(Blocks& blocks, Group& group) {
  int32_t& state = blocks.list[0];
  if (!group.is_zero(state)) group.pool.release(state);
  state = kZeroState;
}

}  // namespace

Cache::Cache(ml::Backend& backend, std::span<const LayerSpec> layers, const Options& options)
    : options_(options), backend_(backend) {
  check(options);
  if (options_.context <= 0) options_.context = options.tokens;
  options_.context = std::min(options_.context, blocks_for(options.tokens) * options_.block_size);
  max_blocks_ = blocks_for(options_.context);
  for (size_t i = 0; i < layers.size(); ++i) {
    check(layers[i], i);
    layers_.push_back({group_of(layers[i]), 0, 0});
    add_states(layers_.back(), layers[i], i);
  }
  // Once the backend had the memory: a pool that is much too large fails there, and clearly.
  for (size_t i = 0; i < layers.size(); ++i) {
    Group& group = groups_[layers_[i].group];
    const int64_t blocks = 1 + blocks_of(layers[i]);
    if (blocks * group.slots_each > std::numeric_limits<int32_t>::max()) {
      fail(Error::Code::kInvalidArgument, "cache: layer ", i, " has ", blocks * group.slots_each,
           " slots, expected at most ", std::numeric_limits<int32_t>::max());
    }
    if (group.pool.size() > 0) continue;
    group.pool = BlockPool(blocks, group.kind == LayerKind::kRecurrent ? kZeroState + 1 : 1);
  }
  prefixes_.emplace(backend, groups_, options.block_size);
  tables_.resize(static_cast<size_t>(options.sequences));
  for (Table& table : tables_) {
    table.tokens.reserve(static_cast<size_t>(options_.context));
    table.blocks.resize(groups_.size());
    for (size_t g = 0; g < groups_.size(); ++g) {
      const bool recurrent = groups_[g].kind == LayerKind::kRecurrent;
      table.blocks[g].list.reserve(static_cast<size_t>(most_blocks(groups_[g])));
      if (recurrent) table.blocks[g].list.push_back(kZeroState);
    }
  }
}

Cache::~Cache() = default;

size_t Cache::group_of(const LayerSpec& layer) {
  for (size_t g = 0; g < groups_.size(); ++g) {
    if (groups_[g].kind == layer.kind && groups_[g].window == layer.window) return g;
  }
  const bool recurrent = layer.kind == LayerKind::kRecurrent;
  groups_.push_back({.kind = layer.kind,
                     .window = layer.window,
                     .pool = BlockPool(0),
                     .slots_each = recurrent ? 1 : options_.block_size});
  return groups_.size() - 1;
}

// Of a group's pool, besides the one that is never handed out.
int64_t Cache::blocks_of(const LayerSpec& layer) const {
  switch (layer.kind) {
    case LayerKind::kFull:
    case LayerKind::kBidirectional:
      return blocks_for(options_.tokens);
    case LayerKind::kWindow: {
      // What each sequence sees, what a pass adds, and a second window while tokens are moved.
      const int64_t each = std::min(max_blocks_, blocks_for(layer.window) + 2);
      return (options_.sequences + 1) * each + blocks_for(options_.pass);
    }
    case LayerKind::kEncoder:
      return blocks_for(options_.encoder_rows);
    case LayerKind::kRecurrent:
      return kZeroState + options_.sequences + options_.checkpoints;
  }
  return 0;
}

void Cache::add_states(LayerPlace& place, const LayerSpec& layer, size_t index) {
  Group& group = groups_[place.group];
  place.first_state = group.states.size();
  const auto add = [&](std::string_view name, ml::StateRole role, ml::DType dtype,
                       const ml::Shape& shape, int64_t block_size) {
    group.states.push_back(backend_.allocate({.name = concat(name, index),
                                              .role = role,
                                              .dtype = dtype,
                                              .shape = shape,
                                              .block_size = block_size}));
    bytes_ += shape[0] * ml::row_bytes(dtype, shape[1] * shape[2]);
    ++place.states;
  };
  const int64_t slots = (1 + blocks_of(layer)) * group.slots_each;
  if (layer.kind == LayerKind::kRecurrent) {
    const int64_t whole = divided_up(slots, kStatesTogether) * kStatesTogether;
    for (const RecurrentSpec& part : layer.recurrent) {
      add("state.", ml::StateRole::kValues, ml::DType::kF32, {whole, part.rows, part.dim},
          kStatesTogether);
    }
    return;
  }
  const int64_t value_dim = layer.value_dim ? layer.value_dim : layer.head_dim;
  add("keys.", ml::StateRole::kKeys, options_.key_type, {slots, layer.kv_heads, layer.head_dim},
      options_.block_size);
  add("values.", ml::StateRole::kValues, options_.value_type, {slots, layer.kv_heads, value_dim},
      options_.block_size);
}

int64_t Cache::blocks_for(int64_t tokens) const { return divided_up(tokens, options_.block_size); }

// Of one sequence.
int64_t Cache::most_blocks(const Group& group) const {
  if (group.kind != LayerKind::kEncoder) return max_blocks_;
  return std::max<int64_t>(1, blocks_for(options_.encoder_rows));
}

Table& Cache::table(Sequence sequence) {
  Table& table = tables_[static_cast<size_t>(sequence)];
  CRIA_CHECK(table.open);
  return table;
}

const Table& Cache::table(Sequence sequence) const {
  const Table& table = tables_[static_cast<size_t>(sequence)];
  CRIA_CHECK(table.open);
  return table;
}

std::optional<Sequence> Cache::open() {
  const auto opened = open({});
  if (!opened) return std::nullopt;
  return opened->sequence;
}

std::optional<Cache::Opened> Cache::open(std::span<const int32_t> ids) {
  const auto unused =
      std::find_if(tables_.begin(), tables_.end(), [](const Table& t) { return !t.open; });
  if (unused == tables_.end()) return std::nullopt;
  unused->open = true;
  return Opened{.sequence = static_cast<Sequence>(unused - tables_.begin()),
                .cached = prefixes_->share(ids.first(ids.empty() ? 0 : ids.size() - 1), *unused)};
}

std::optional<Sequence> Cache::fork(Sequence sequence) {
  const std::optional<Sequence> forked = open();
  if (!forked) return std::nullopt;
  const Table& from = table(sequence);
  Table& to = table(*forked);
  CRIA_CHECK(from.computed == from.length);
  prefixes_->unpin(to);
  to = from;  // within the capacity that it has
  prefixes_->pin(to);
  for (size_t g = 0; g < groups_.size(); ++g) {
    for (const int32_t block : to.blocks[g].list) {
      if (block != kNoBlock && !groups_[g].is_zero(block)) groups_[g].pool.use(block);
    }
  }
  return forked;
}

void Cache::close(Sequence sequence) {
  Table& table = this->table(sequence);
  prefixes_->keep_rest(table);
  prefixes_->touch(table);
  release(table);
  prefixes_->forget_after(table, 0);
  prefixes_->unpin(table);
  table.open = false;
}

// Gives back all blocks; an empty table stays.
void Cache::release(Table& table) {
  for (size_t g = 0; g < groups_.size(); ++g) {
    std::vector<int32_t>& list = table.blocks[g].list;
    for (const int32_t block : list) {
      if (block != kNoBlock && !groups_[g].is_zero(block)) groups_[g].pool.release(block);
    }
    list.clear();
    table.blocks[g].first = 0;
    if (groups_[g].kind == LayerKind::kRecurrent) list.push_back(kZeroState);
  }
  table.tokens.clear();
  table.encoded.clear();
  table.length = table.computed = table.encoded_rows = table.shared = 0;
  table.cacheable = true;
}

int64_t Cache::length(Sequence sequence) const { return table(sequence).length; }
std::vector<std::byte> Cache::contents(Sequence sequence, size_t layer, ml::StateRole role) const {
  const Table& table = this->table(sequence);
  const LayerPlace& place = layers_.at(layer);
  const Group& group = groups_[place.group];
  CRIA_CHECK(group.paged());
  const ml::State& state =
      *group.states[place.first_state + (role == ml::StateRole::kValues ? 1 : 0)];
  const int64_t row = ml::row_bytes(state.dtype(), state.shape()[1] * state.shape()[2]);
  std::vector<std::byte> rows(static_cast<size_t>(table.length * row));
  for (int64_t first = 0; first < table.length; first += options_.block_size) {
    const int32_t block =
        table.blocks[place.group].list[static_cast<size_t>(first / options_.block_size)];
    const int64_t count = std::min(options_.block_size, table.length - first);
    if (block == kNoBlock) continue;
    backend_.read(state, block * options_.block_size,
                  std::span(rows).subspan(static_cast<size_t>(first * row),
                                          static_cast<size_t>(count * row)));
  }
  return rows;
}

int64_t Cache::context() const { return options_.context; }
int64_t Cache::bytes() const { return bytes_; }

int64_t Cache::room() const {
  int64_t blocks = std::numeric_limits<int32_t>::max();
  for (const Group& group : groups_) {
    if (group.keeps_all()) blocks = std::min(blocks, group.available());
  }
  return blocks * options_.block_size;
}

std::vector<Cache::Usage> Cache::usage() const {
  std::vector<Usage> usage;
  for (const Group& group : groups_) {
    const BlockPool& pool = group.pool;
    usage.push_back({.kind = group.kind,
                     .window = group.window,
                     .all = pool.free() + pool.cached() + pool.used(),
                     .free = pool.free(),
                     .cached = pool.cached(),
                     .used = pool.used()});
  }
  return usage;
}

bool Cache::truncate(Sequence sequence, int64_t length) {
  Table& table = this->table(sequence);
  CRIA_CHECK(length >= 0 && length <= table.length);
  if (length == table.length) return true;
  for (size_t g = 0; length > 0 && g < groups_.size(); ++g) {
    const LayerKind kind = groups_[g].kind;
    if (kind == LayerKind::kRecurrent || kind == LayerKind::kBidirectional) return false;
    if (!groups_[g].paged()) continue;
    if (groups_[g].first_seen(length) / options_.block_size < table.blocks[g].first) return false;
  }
  prefixes_->forget_after(table, length / options_.block_size);
  for (size_t g = 0; g < groups_.size(); ++g) {
    Blocks& blocks = table.blocks[g];
    if (groups_[g].kind == LayerKind::kRecurrent) reset_state(blocks, groups_[g]);
    if (!groups_[g].paged()) continue;
    for (; static_cast<int64_t>(blocks.list.size()) > blocks_for(length); blocks.list.pop_back()) {
      if (blocks.list.back() != kNoBlock) groups_[g].pool.release(blocks.list.back());
    }
    blocks.first = std::min(blocks.first, blocks_for(length));
  }
  forget_encoded(table, length, table.length);
  table.tokens.resize(static_cast<size_t>(length));
  table.length = length;
  table.computed = std::min(table.computed, length);
  return true;
}

}  // namespace cria::kvcache
