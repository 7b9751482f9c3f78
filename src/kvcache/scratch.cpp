#include "kvcache/scratch.h"

#include <algorithm>
#include <numeric>

#include "base/error.h"

namespace cria::kvcache {
namespace {

std::span<int32_t> ints(ml::Plan& plan, ml::Tensor input) {
  const std::span<std::byte> bytes = plan.input(input);
  return {reinterpret_cast<int32_t*>(bytes.data()), bytes.size() / sizeof(int32_t)};
}

}  // namespace

Scratch::Scratch(ml::Backend& backend, int64_t rows, int64_t heads, int64_t head_dim)
    : rows_(rows), blocks_((rows + kBlockSize - 1) / kBlockSize) {
  const auto make = [&](const char* name, ml::StateRole role) {
    return backend.allocate({.name = name,
                             .role = role,
                             .dtype = ml::DType::kF32,
                             .shape = {blocks_ * kBlockSize, heads, head_dim},
                             .block_size = kBlockSize});
  };
  keys_ = make("encoder.keys", ml::StateRole::kKeys);
  values_ = make("encoder.values", ml::StateRole::kValues);
}

Scratch::View Scratch::view(ml::Graph& graph) const {
  const auto i32 = [&](const char* name, const ml::Shape& shape) {
    return graph.input(name, ml::DType::kI32, shape);
  };
  const ml::Tensor slots = i32("encoder.slots", {rows_}),
                   table = i32("encoder.table", {1, blocks_});
  const ml::Tensor sequences = i32("encoder.sequences", {rows_});
  const ml::Tensor last_rows = i32("encoder.last_rows", {rows_});
  const ml::History history{.keys = graph.state(*keys_),
                            .values = graph.state(*values_),
                            .tables = table,
                            .sequences = sequences,
                            .positions = last_rows};
  return {Layer(history, slots, kBlockSize, 0), slots, table, sequences, last_rows};
}

void Scratch::place(std::span<const int32_t> last_rows, const View& view, ml::Plan& plan) const {
  CRIA_CHECK(static_cast<int64_t>(last_rows.size()) == rows_);
  const auto count_up = [&](ml::Tensor input) {
    const std::span<int32_t> values = ints(plan, input);
    std::iota(values.begin(), values.end(), 0);
  };
  count_up(view.slots);
  count_up(view.table);
  std::ranges::fill(ints(plan, view.sequences), 0);
  std::ranges::copy(last_rows, ints(plan, view.last_rows).begin());
}

int64_t Scratch::bytes() const { return 2 * ml::row_bytes(ml::DType::kF32, keys_->shape().size()); }

}  // namespace cria::kvcache
