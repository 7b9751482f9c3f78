#pragma once
// What each primitive computes, written down plainly: scalar, with double accumulators. The
// reference backend is made of it, and other backends use it for what they have no kernel for.

#include <cstddef>
#include <span>

#include "ml/tensor.h"

namespace cria::ml {

// An operand or result: row-major elements of the node's dtype. For a state, its rows.
struct Operand {
  const Node* node = nullptr;
  const std::byte* data = nullptr;
};

// Computes a primitive other than matmul, store and the leaves.
void evaluate(const Node& node, std::span<const Operand> operands, float* out);

// Rows [first, last) of the first operand: the part of a matmul that one thread may compute.
void evaluate_matmul(const Node& node, std::span<const Operand> operands, int64_t first,
                     int64_t last, float* out);

// Writes the rows of the second operand to slots of the state, which the third names.
void evaluate_store(const Node& node, std::span<const Operand> operands, std::byte* state);

}  // namespace cria::ml
