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

// Rows of what was encoded.
struct SeenRows {
  int64_t first = 0, last = 0;
  bool shown = false;
};

SeenRows seen_by(const Table& table, int64_t position) {
  const auto& all = table.encoded;
  size_t last = all.size();
  while (last > 0 && all[last - 1].encoding.position > position) --last;
  if (last == 0) return {.first = 0, .last = std::max<int64_t>(1, table.encoded_rows) - 1};
  size_t first = --last;
  while (first > 0 && all[first - 1].encoding.position + 1 == all[first].encoding.position) --first;
  return {.first = all[first].seen,
          .last = all[last].seen + all[last].encoding.seen - 1,
          .shown = true};
}

}  // namespace

View Cache::view(ml::Graph& graph, int64_t tokens, Encoders encoders) const {
  if (encoders == Encoders::kIncluded)
    return make_view(graph, tokens, [](LayerKind) { return true; });
  return make_view(graph, tokens, [](LayerKind kind) { return kind != LayerKind::kEncoder; });
}

View Cache::encoded_view(ml::Graph& graph, int64_t rows) const {
  return make_view(graph, rows, [](LayerKind kind) { return kind == LayerKind::kEncoder; });
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
        inputs.tables =
            i32(concat("tables.", g), {options_.sequences + 1, most_blocks(groups_[g])});
      }
      if (kind == LayerKind::kBidirectional) {
        view.last_positions = i32("last_positions", {tokens});
      }
      if (kind == LayerKind::kEncoder) {
        view.encoded = {.firsts = i32("encoded.firsts", {tokens}),
                        .lasts = i32("encoded.lasts", {tokens}),
                        .any = graph.input("encoded.any", ml::DType::kF32, {tokens, 1}),
                        .shown = graph.input("encoded.shown", ml::DType::kF32, {tokens, 1})};
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
  const bool encoder = group.kind == LayerKind::kEncoder;
  const ml::Tensor positions = encoder                                   ? view.encoded.lasts
                               : group.kind == LayerKind::kBidirectional ? view.last_positions
                                                                         : view.positions;
  return {{.keys = states[0],
           .values = states[1],
           .tables = inputs.tables,
           .sequences = view.sequences,
           .positions = positions,
           .firsts = encoder ? view.encoded.firsts : ml::Tensor{}},
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
  if (view.encoded.any) place_seen(positions, rows, view, plan);
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

// What each token sees of what encoders wrote.
void Cache::place_seen(std::span<const int32_t> positions, std::span<const int32_t> rows,
                       const View& view, ml::Plan& plan) const {
  const auto firsts = ints(plan, view.encoded.firsts), lasts = ints(plan, view.encoded.lasts);
  const auto any = floats(plan, view.encoded.any), shown = floats(plan, view.encoded.shown);
  for (size_t t = 0; t < rows.size(); ++t) {
    const bool fill = rows[t] == options_.sequences;
    const Table* table = fill ? nullptr : &tables_[static_cast<size_t>(rows[t])];
    const SeenRows seen = table ? seen_by(*table, positions[t]) : SeenRows{};
    firsts[t] = static_cast<int32_t>(seen.first);
    lasts[t] = static_cast<int32_t>(seen.last);
    any[t] = table && !table->encoded.empty() ? 1.f : 0.f;
    shown[t] = seen.shown ? 1.f : 0.f;
  }
}

void Cache::place_group(size_t group, std::span<const int32_t> positions,
                        std::span<const int32_t> rows, const View& view, ml::Plan& plan) {
  const Group& g = groups_[group];
  if (!view.groups[group].slots) return;
  const std::span<int32_t> slots = ints(plan, view.groups[group].slots);
  std::span<int32_t> tables;
  if (g.kind != LayerKind::kRecurrent) tables = ints(plan, view.groups[group].tables);
  const int64_t blocks = most_blocks(g);
  for (size_t t = 0; t < rows.size(); ++t) {
    const bool fill = rows[t] == options_.sequences;
    const Table* table = fill ? nullptr : &tables_[static_cast<size_t>(rows[t])];
    if (g.kind != LayerKind::kRecurrent && (t == 0 || rows[t] != rows[t - 1])) {
      write_table(
          table ? &table->blocks[group] : nullptr,
          tables.subspan(static_cast<size_t>(rows[t] * blocks), static_cast<size_t>(blocks)));
    }
    if (g.kind == LayerKind::kEncoder) {
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

void Cache::place_encoded(Sequence sequence, size_t index, const View& view, ml::Plan& plan) {
  const Table& table = this->table(sequence);
  const PlacedEncoding& placed = table.encoded[index];
  const int64_t seen = placed.encoding.seen;
  for (size_t g = 0; g < groups_.size(); ++g) {
    if (groups_[g].kind != LayerKind::kEncoder) continue;
    const std::span<int32_t> slots = ints(plan, view.groups[g].slots);
    CRIA_CHECK(static_cast<int64_t>(slots.size()) == placed.encoding.rows);
    for (size_t t = 0; t < slots.size(); ++t) {
      const auto i = static_cast<int64_t>(t);
      const int64_t row = i < seen ? placed.seen + i : placed.filling + i - seen;
      const int32_t block = table.blocks[g].list[static_cast<size_t>(row / options_.block_size)];
      slots[t] = static_cast<int32_t>(block * options_.block_size + row % options_.block_size);
    }
  }
}

}  // namespace cria::kvcache
