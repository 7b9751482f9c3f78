#pragma once
// Operations that the cpu backend computes row by row, each row by one kernel call.

#include <optional>

#include "ml/backend/cpu/kernels/kernels.h"
#include "ml/backend/cpu/step.h"

namespace cria::ml::cpu {

// How many rows a node has, if it can be computed by rows (dimension 0), else nothing.
std::optional<int64_t> rows_of(const Node& node);

// Whether row i of the result needs only row i of this operand.
bool reads_own_row(const Node& node, size_t operand);

// Where a node's elements lie: results and inputs in the arena, weights where they were loaded.
using Address = std::function<std::byte*(const Node* node)>;

RowOperation make_row_operation(const Kernels& kernels, const Node& node, const Address& address);
RowOperation make_quantize_operation(const Kernels& kernels, const float* x, int64_t width,
                                     std::byte* out);

}  // namespace cria::ml::cpu
