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

// Of how many parts a primitive's work consists. They may be computed in any order and on any
// thread: what a part writes depends on no other.
int64_t parts(const Node& node);

// Computes parts [first, last) of a primitive other than store and the leaves. `out` is the whole
// result; 32-bit integers where the node says so.
void evaluate(const Node& node, std::span<const Operand> operands, int64_t first, int64_t last,
              float* out);

// A recurrent state's rows, wherever they lie: those of a block of slots lie row by row.
struct StateRows {
  float* data = nullptr;
  int64_t rows = 0, dim = 0;
  int64_t block = 1;  // slots of a block

  float* at(int64_t slot, int64_t row) const {
    return data + ((slot / block * rows + row) * block + slot % block) * dim;
  }
};

// Whether this is a recurrence, whose parts evaluate_recurrence() computes.
bool is_recurrence(Op op);
// The operand that is its state.
const Node* recurrent_state(const Node& node);
// `scratch` is recurrence_scratch_bytes() of memory for this call alone, aligned for doubles.
int64_t recurrence_scratch_bytes(const Node& node);
void evaluate_recurrence(const Node& node, std::span<const Operand> operands,
                         const StateRows& state, int64_t first, int64_t last,
                         std::span<std::byte> scratch, float* out);

// Writes the rows of the second operand to slots of the state, which the third names.
void evaluate_store(const Node& node, std::span<const Operand> operands, std::byte* state);

}  // namespace cria::ml
