#pragma once
// A layer's cached keys or values as the attention kernels read them, see AttentionArgs in
// kernels/kernels.h.

#include <span>

#include "ml/aligned.h"
#include "ml/backend.h"
#include "ml/backend/cpu/kernels/kernels.h"
#include "ml/primitives.h"

namespace cria::ml::cpu {

class CpuState final : public State {
 public:
  explicit CpuState(const StateSpec& spec);  // Unsupported: a type that kernels do not read

  const std::byte* data() const { return memory_.data(); }
  int64_t block_size() const { return block_size_; }

  // Of a recurrent state: values of type F32.
  StateRows rows();

  // One slot from and to a row [heads, head_dim] of floats.
  void store(const Kernels& kernels, int64_t slot, const float* row);
  void load(int64_t slot, float* row) const;

  // Slots from and to rows of the state's own type.
  void read(int64_t first_slot, std::span<std::byte> out) const;
  void write(int64_t first_slot, std::span<const std::byte> rows);
  // Whole blocks within the state.
  void copy_blocks(int64_t from_slot, int64_t to_slot, int64_t slots);

 private:
  struct Run;
  // Calls copy(run) for the parts of what one head keeps in a slot: bytes first to last of its row.
  template <class Copy>
  void each_run(int64_t slot, int64_t first, int64_t last, Copy copy) const;
  // Calls convert(head, first element, elements) for pieces of a slot's row.
  template <class Convert>
  void each_piece(Convert convert) const;

  size_t piece_size(int64_t elements) const;  // in bytes
  // A part of the row of a head in a slot, from byte first on.
  void read_piece(int64_t slot, int64_t head, int64_t first, std::span<std::byte> out) const;
  void write_piece(int64_t slot, int64_t head, int64_t first, std::span<const std::byte> bytes);

  int64_t offset(int64_t slot, int64_t head) const;  // of what a head keeps in the slot's block

  StateRole role_;
  int64_t block_size_, heads_, dim_;
  int64_t head_bytes_;  // of a head in one slot
  AlignedBytes memory_;
};

}  // namespace cria::ml::cpu
