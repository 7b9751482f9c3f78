#include "ml/backend/cpu/state.h"

#include "base/error.h"

namespace cria::ml::cpu {

CpuState::CpuState(const StateSpec& spec)
    : State(spec.name, spec.dtype, spec.shape),
      role_(spec.role),
      block_size_(spec.block_size),
      heads_(spec.shape[1]),
      dim_(spec.shape[2]) {
  if (spec.dtype != DType::kF32 && spec.dtype != DType::kF16) {
    fail(Error::Code::kUnsupported, "cpu: a cache of type ", info(spec.dtype).name,
         ", expected f32 or f16");
  }
  if (block_size_ <= 0 || block_size_ % 16 != 0 || spec.shape[0] % block_size_ != 0) {
    fail(Error::Code::kInvalidArgument, "cpu: cache blocks of ", block_size_,
         " tokens, expected a multiple of 16 that divides ", spec.shape[0]);
  }
  memory_ = AlignedBytes(row_bytes(spec.dtype, spec.shape.size()), spec.name);
}

template <class Element, class Copy>
void CpuState::each(Element* memory, int64_t slot, Copy copy) const {
  const int64_t within = slot % block_size_;
  Element* block = memory + slot / block_size_ * block_size_ * heads_ * dim_;
  const bool transposed = role_ == StateRole::kKeys;
  for (int64_t head = 0; head < heads_; ++head) {
    Element* rows = block + head * dim_ * block_size_;
    for (int64_t i = 0; i < dim_; ++i) {
      copy(rows[transposed ? i * block_size_ + within : within * dim_ + i], head * dim_ + i);
    }
  }
}

void CpuState::store(const Kernels& kernels, int64_t slot, const float* row) {
  if (dtype() == DType::kF32) {
    each(reinterpret_cast<float*>(memory_.data()), slot,
         [&](float& to, int64_t i) { to = row[i]; });
    return;
  }
  constexpr int64_t kChunk = 256;  // converted at a time, on the stack
  uint16_t halves[kChunk];
  int64_t begin = -1;
  each(reinterpret_cast<uint16_t*>(memory_.data()), slot, [&](uint16_t& to, int64_t i) {
    if (i / kChunk * kChunk != begin) {
      begin = i / kChunk * kChunk;
      kernels.to_f16(row + begin, std::min(kChunk, heads_ * dim_ - begin), halves);
    }
    to = halves[i - begin];
  });
}

void CpuState::load(const Kernels& kernels, int64_t slot, float* row) const {
  if (dtype() == DType::kF32) {
    each(reinterpret_cast<const float*>(memory_.data()), slot,
         [&](const float& from, int64_t i) { row[i] = from; });
    return;
  }
  each(reinterpret_cast<const uint16_t*>(memory_.data()), slot,
       [&](const uint16_t& from, int64_t i) { kernels.from_f16(&from, 1, row + i); });
}

void CpuState::read(int64_t first_slot, std::span<std::byte> out) const {
  const int64_t slot_bytes = row_bytes(dtype(), heads_ * dim_);
  for (int64_t i = 0; i < static_cast<int64_t>(out.size()) / slot_bytes; ++i) {
    std::byte* row = out.data() + i * slot_bytes;
    if (dtype() == DType::kF32) {
      each(reinterpret_cast<const float*>(memory_.data()), first_slot + i,
           [&](const float& from, int64_t j) { reinterpret_cast<float*>(row)[j] = from; });
    } else {
      each(reinterpret_cast<const uint16_t*>(memory_.data()), first_slot + i,
           [&](const uint16_t& from, int64_t j) { reinterpret_cast<uint16_t*>(row)[j] = from; });
    }
  }
}

void CpuState::write(int64_t first_slot, std::span<const std::byte> rows) {
  const int64_t slot_bytes = row_bytes(dtype(), heads_ * dim_);
  for (int64_t i = 0; i < static_cast<int64_t>(rows.size()) / slot_bytes; ++i) {
    const std::byte* row = rows.data() + i * slot_bytes;
    if (dtype() == DType::kF32) {
      each(reinterpret_cast<float*>(memory_.data()), first_slot + i,
           [&](float& to, int64_t j) { to = reinterpret_cast<const float*>(row)[j]; });
    } else {
      each(reinterpret_cast<uint16_t*>(memory_.data()), first_slot + i,
           [&](uint16_t& to, int64_t j) { to = reinterpret_cast<const uint16_t*>(row)[j]; });
    }
  }
}

}  // namespace cria::ml::cpu
