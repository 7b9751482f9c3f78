// How a pass finds its tokens' places: the cache in its graph, and the inputs of each run.

#include <algorithm>

#include "base/error.h"
#include "kvcache/cache.h"

namespace cria::kvcache {
namespace {

std::span<int32_t> ints(ml::Plan& plan, ml::Tensor input) {
  const std::span<std::byte> bytes = plan.input(input);
  return {reinterpret_cast<int32_t*>(bytes.data()), bytes.size() / sizeof(int32_t)};
}

std::span<float> floats(ml::Plan& plan, ml::Tensor input) {
  const std::span<std::byte> bytes = plan.input(input);
  return {reinterpret_cast<float*>(bytes.data()), bytes.size() / sizeof(float)};
}

}  // namespace

View Cache::view(ml::Graph& graph, int64_t tokens) const {
  return make_view(graph, tokens, [](LayerKind) { return true; });
}

View Cache::encoder_view(ml::Graph& graph, int64_t tokens) const {
  return make_view(graph, tokens, [](LayerKind kind) { return kind == LayerKind::kEncoder; });
}

View Cache::make_view(ml::Graph& graph, int64_t tokens, bool (*included)(LayerKind)) const {
  const auto i32 = [&](const std::string& name, const ml::Shape& shape) {
    return graph.input(name, ml::DType::kI32, shape);
  };
  View view;
  view.context = context();
  view.positions = i32("positions", {tokens});
  view.sequences = i32("sequences", {tokens});
  for (size_t g = 0; g < groups_.size(); ++g) {
    View::Group inputs;
    const LayerKind kind = groups_[g].kind;
    if (included(kind)) {
      inputs.slots = i32(concat("slots.", g), {tokens});
      if (kind != LayerKind::kRecurrent) {
        inputs.tables = i32(concat("tables.", g), {options_.sequences + 1, max_blocks_});
      }
      if (kind == LayerKind::kBidirectional) {
        view.last_positions = i32("last_positions", {tokens});
      }
      if (kind == LayerKind::kEncoder) {
        view.encoder_positions = i32("encoder_positions", {tokens});
        view.encoded = graph.input("encoded", ml::DType::kF32, {tokens, 1});
      }
    }
    view.groups.push_back(inputs);
  }
  for (const LayerPlace& layer : layers_) view.layers.push_back(make_layer(graph, layer, view));
  return view;
}

Layer Cache::make_layer(ml::Graph& graph, const LayerPlace& place, const View& view) const {
  const Group& group = groups_[place.group];
  const View::Group& inputs = view.groups[place.group];
  std::vector<ml::Tensor> states;
  for (size_t i = 0; i < place.states && inputs.slots; ++i) {
    states.push_back(graph.state(*group.states[place.first_state + i]));
  }
  if (group.kind == LayerKind::kRecurrent || !inputs.slots) return {states, inputs.slots};
  // Attention sees what lies up to this position.
  const ml::Tensor positions = group.kind == LayerKind::kEncoder         ? view.encoder_positions
                               : group.kind == LayerKind::kBidirectional ? view.last_positions
                                                                         : view.positions;
  return {{.keys = states[0],
           .values = states[1],
           .tables = inputs.tables,
           .sequences = view.sequences,
           .positions = positions},
          inputs.slots,
          options_.block_size,
          group.window};
}

void Cache::place(std::span<const int32_t> tokens, std::span<const Sequence> sequences,
                  const View& view, ml::Plan& plan) {
  const std::span<int32_t> positions = ints(plan, view.positions),
                           rows = ints(plan, view.sequences);
  CRIA_CHECK(tokens.size() == sequences.size() && tokens.size() <= positions.size());
  const auto padding = static_cast<int64_t>(positions.size() - tokens.size());
  CRIA_CHECK(padding <= options_.block_size);
  for (size_t t = 0; t < tokens.size(); ++t) {
    Table& table = this->table(sequences[t]);
    table.tokens.push_back(tokens[t]);
    positions[t] = static_cast<int32_t>(table.length++);
    rows[t] = sequences[t];
  }
  // The others are a sequence of their own in the blocks that nobody has.
  for (int64_t i = 0; i < padding; ++i) {
    positions[tokens.size() + static_cast<size_t>(i)] = static_cast<int32_t>(i);
    rows[tokens.size() + static_cast<size_t>(i)] = static_cast<int32_t>(options_.sequences);
  }
  if (view.last_positions) place_whole(rows, view, plan);
  for (size_t g = 0; g < groups_.size(); ++g) place_group(g, positions, rows, view, plan);
}

// Of sequences whose tokens see each other both ways. They are nobody else's beginning, since what
// is computed of a token depends on those after it.
void Cache::place_whole(std::span<const int32_t> rows, const View& view, ml::Plan& plan) {
  const std::span<int32_t> last = ints(plan, view.last_positions);
  const auto fill = std::ranges::count(rows, static_cast<int32_t>(options_.sequences));
  for (size_t t = 0; t < rows.size(); ++t) {
    last[t] = static_cast<int32_t>(fill - 1);
    if (rows[t] == options_.sequences) continue;
    Table& table = this->table(rows[t]);
    CRIA_CHECK(table.computed == 0);
    table.cacheable = false;
    last[t] = static_cast<int32_t>(table.length - 1);
  }
}

void Cache::place_group(size_t group, std::span<const int32_t> positions,
                        std::span<const int32_t> rows, const View& view, ml::Plan& plan) {
  const Group& g = groups_[group];
  const std::span<int32_t> slots = ints(plan, view.groups[group].slots);
  std::span<int32_t> last, tables;
  std::span<float> encoded;
  if (g.kind != LayerKind::kRecurrent) tables = ints(plan, view.groups[group].tables);
  if (g.kind == LayerKind::kEncoder) {
    last = ints(plan, view.encoder_positions);
    encoded = floats(plan, view.encoded);
  }
  for (size_t t = 0; t < rows.size(); ++t) {
    const bool fill = rows[t] == options_.sequences;
    const Table* table = fill ? nullptr : &tables_[static_cast<size_t>(rows[t])];
    if (g.kind != LayerKind::kRecurrent && (t == 0 || rows[t] != rows[t - 1])) {
      write_table(table ? &table->blocks[group] : nullptr,
                  tables.subspan(static_cast<size_t>(rows[t] * max_blocks_),
                                 static_cast<size_t>(max_blocks_)));
    }
    if (g.kind == LayerKind::kEncoder) {
      const int64_t there = table ? table->encoded : 0;
      last[t] = static_cast<int32_t>(std::max<int64_t>(there, 1) - 1);
      encoded[t] = there > 0 ? 1.f : 0.f;
      slots[t] = kScratchBlock;  // nothing is written
    } else {
      slots[t] = fill ? fill_slot(g, positions[t]) : slot(*table, group, positions[t]);
    }
  }
}

void Cache::write_table(const Blocks* blocks, std::span<int32_t> row) {
  if (!blocks || blocks->list.empty()) {
    row[0] = kScratchBlock;
    return;
  }
  const auto first = static_cast<size_t>(blocks->first);
  std::fill_n(row.begin(), first, kScratchBlock);
  std::copy(blocks->list.begin() + blocks->first, blocks->list.end(), row.begin() + blocks->first);
}

// Fill rows of recurrent layers share a state that nobody reads.
int32_t Cache::fill_slot(const Group& group, int32_t position) {
  return group.kind == LayerKind::kRecurrent ? kScratchBlock : position;
}

int32_t Cache::slot(const Table& table, size_t group, int64_t position) const {
  const Group& g = groups_[group];
  const std::vector<int32_t>& list = table.blocks[group].list;
  const int64_t index = g.paged() ? position / options_.block_size : 0;
  CRIA_CHECK(index < static_cast<int64_t>(list.size()));
  const int32_t block = list[static_cast<size_t>(index)];
  CRIA_CHECK(block != kNoBlock && g.pool.is_exclusive(block));
  return static_cast<int32_t>(block * g.slots_each +
                              (g.paged() ? position % options_.block_size : 0));
}

void Cache::commit(std::span<const Sequence> sequences) {
  for (size_t i = 0; i < sequences.size(); ++i) {
    if (i > 0 && sequences[i] == sequences[i - 1]) continue;
    Table& table = this->table(sequences[i]);
    table.computed = table.length;
    prefixes_->register_blocks(table);
    release_passed(table);
  }
}

// Windows move on.
void Cache::release_passed(Table& table) {
  for (size_t g = 0; g < groups_.size(); ++g) {
    Group& group = groups_[g];
    if (group.kind != LayerKind::kWindow) continue;
    Blocks& blocks = table.blocks[g];
    const int64_t first = group.first_seen(table.length) / options_.block_size;
    for (; blocks.first < first; ++blocks.first) {
      int32_t& block = blocks.list[static_cast<size_t>(blocks.first)];
      group.pool.release(block);
      block = kNoBlock;
      prefixes_->passed(table, g, blocks.first);
    }
  }
}

void Cache::place_encoder(Sequence sequence, const View& view, ml::Plan& plan) {
  const Table& table = this->table(sequence);
  for (size_t g = 0; g < groups_.size(); ++g) {
    if (groups_[g].kind != LayerKind::kEncoder) continue;
    const std::span<int32_t> slots = ints(plan, view.groups[g].slots);
    CRIA_CHECK(static_cast<int64_t>(slots.size()) == table.encoded);
    for (size_t t = 0; t < slots.size(); ++t) {
      const auto position = static_cast<int64_t>(t);
      const int32_t block =
          table.blocks[g].list[static_cast<size_t>(position / options_.block_size)];
      slots[t] = static_cast<int32_t>(block * options_.block_size + position % options_.block_size);
    }
  }
}

}  // namespace cria::kvcache
