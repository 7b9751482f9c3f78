#pragma once
// A layer's cached keys or values as the attention kernels read them, see kernels/kernels.h: within
// a block of slots, keys lie as [kv_heads][head_dim][block_size] and values as
// [kv_heads][block_size][value_dim].

#include <span>

#include "ml/aligned.h"
#include "ml/backend.h"
#include "ml/backend/cpu/kernels/kernels.h"

namespace cria::ml::cpu {

class CpuState final : public State {
 public:
  explicit CpuState(const StateSpec& spec);  // Unsupported: a type other than F32 and F16

  const std::byte* data() const { return memory_.data(); }
  int64_t block_size() const { return block_size_; }

  // One slot from and to a row [heads, head_dim] of floats.
  void store(const Kernels& kernels, int64_t slot, const float* row);
  void load(const Kernels& kernels, int64_t slot, float* row) const;

  // Slots from and to rows of the state's own type.
  void read(int64_t first_slot, std::span<std::byte> out) const;
  void write(int64_t first_slot, std::span<const std::byte> rows);

 private:
  // Calls copy(element of the memory, element of a row) for each element of a slot.
  template <class Element, class Copy>
  void each(Element* memory, int64_t slot, Copy copy) const;

  StateRole role_;
  int64_t block_size_, heads_, dim_;
  AlignedBytes memory_;
};

}  // namespace cria::ml::cpu
