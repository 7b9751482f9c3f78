#include "ml/backend/cpu/state.h"

#include <algorithm>
#include <cstring>

#include "base/error.h"
#include "ml/formats.h"

namespace cria::ml::cpu {
namespace {

constexpr int64_t kQuants = 32, kScaleBytes = 2;  // of a block of Q8_0

// What store() and load() convert at a time: it lies on the stack, since a pass allocates nothing.
constexpr int64_t kPieceElements = 256;
constexpr int64_t kPieceBytes = kPieceElements * 2;  // no type that is converted takes more

template <int64_t kBytes>
void copy_elements(const std::byte* from, int64_t from_stride, std::byte* to, int64_t to_stride,
                   int64_t count) {
  for (int64_t i = 0; i < count; ++i) {
    std::copy_n(from + i * from_stride, kBytes, to + i * to_stride);
  }
}

// A number of bytes that the compiler knows is one move per element.
void copy_elements(int64_t bytes, const std::byte* from, int64_t from_stride, std::byte* to,
                   int64_t to_stride, int64_t count) {
  if (from_stride == bytes && to_stride == bytes) {
    std::copy_n(from, bytes * count, to);
  } else if (bytes == 1) {
    copy_elements<1>(from, from_stride, to, to_stride, count);
  } else if (bytes == 2) {
    copy_elements<2>(from, from_stride, to, to_stride, count);
  } else {
    CRIA_CHECK(bytes == 4);
    copy_elements<4>(from, from_stride, to, to_stride, count);
  }
}

}  // namespace

CpuState::CpuState(const StateSpec& spec)
    : State(spec.name, spec.dtype, spec.shape),
      role_(spec.role),
      block_size_(spec.block_size),
      heads_(spec.shape[1]),
      dim_(spec.shape[2]),
      head_bytes_(row_bytes(spec.dtype, dim_)) {
  constexpr DType kTypes[] = {DType::kF32, DType::kF16, DType::kBF16, DType::kQ8_0};
  if (std::find(std::begin(kTypes), std::end(kTypes), spec.dtype) == std::end(kTypes)) {
    fail(Error::Code::kUnsupported, "cpu: ", spec.name, ": a cache of type ", info(spec.dtype).name,
         ", expected f32, f16, bf16 or q8_0");
  }
  if (block_size_ <= 0 || block_size_ % 16 != 0 || spec.shape[0] % block_size_ != 0) {
    fail(Error::Code::kInvalidArgument, "cpu: cache blocks of ", block_size_,
         " tokens, expected a multiple of 16 that divides ", spec.shape[0]);
  }
  memory_ = AlignedBytes(row_bytes(spec.dtype, spec.shape.size()), spec.name);
}

// Elements that lie together in a row, and evenly apart in memory.
struct CpuState::Run {
  int64_t offset, stride;  // bytes in the memory of a block and a head
  int64_t row_offset;      // bytes in the row of a slot and a head
  int64_t bytes;           // of an element
  int64_t count;
};

template <class Copy>
void CpuState::each_run(int64_t slot, int64_t first, int64_t last, Copy copy) const {
  const int64_t within = slot % block_size_, bytes = info(dtype()).block_bytes;
  const int64_t count = (last - first) / bytes;
  if (role_ == StateRole::kValues) {
    copy(Run{within * head_bytes_ + first, bytes, first, bytes, count});
    return;
  }
  if (!is_quantized(dtype())) {
    copy(Run{first * block_size_ + within * bytes, block_size_ * bytes, first, bytes, count});
    return;
  }
  for (int64_t at = first; at < last; at += bytes) {
    copy(Run{at * block_size_ + within * kScaleBytes, kScaleBytes, at, kScaleBytes, 1});
    copy(Run{(at + kScaleBytes) * block_size_ + within, block_size_, at + kScaleBytes, 1, kQuants});
  }
}

int64_t CpuState::offset(int64_t slot, int64_t head) const {
  return (slot / block_size_ * heads_ + head) * block_size_ * head_bytes_;
}

StateRows CpuState::rows() {
  CRIA_CHECK(role_ == StateRole::kValues && dtype() == DType::kF32);
  return {.data = reinterpret_cast<float*>(memory_.data()),
          .rows = heads_,
          .dim = dim_,
          .block = block_size_};
}

template <class Convert>
void CpuState::each_piece(Convert convert) const {
  for (int64_t head = 0; head < heads_; ++head) {
    for (int64_t at = 0; at < dim_; at += kPieceElements) {
      convert(head, at, std::min(kPieceElements, dim_ - at));
    }
  }
}

void CpuState::store(const Kernels& kernels, int64_t slot, const float* row) {
  if (dtype() == DType::kF32)
    return write(slot, std::as_bytes(std::span(row, static_cast<size_t>(heads_ * dim_))));
  std::byte piece[kPieceBytes];
  each_piece([&](int64_t head, int64_t at, int64_t count) {
    kernels.encode_row(dtype(), row + head * dim_ + at, count, piece);
    write_piece(slot, head, row_bytes(dtype(), at), {piece, piece_size(count)});
  });
}

void CpuState::load(int64_t slot, float* row) const {
  if (dtype() == DType::kF32)
    return read(slot, std::as_writable_bytes(std::span(row, static_cast<size_t>(heads_ * dim_))));
  std::byte piece[kPieceBytes];
  each_piece([&](int64_t head, int64_t at, int64_t count) {
    read_piece(slot, head, row_bytes(dtype(), at), {piece, piece_size(count)});
    dequantize(dtype(), piece, {row + head * dim_ + at, static_cast<size_t>(count)});
  });
}

size_t CpuState::piece_size(int64_t count) const {
  return static_cast<size_t>(row_bytes(dtype(), count));
}

void CpuState::read_piece(int64_t slot, int64_t head, int64_t first,
                          std::span<std::byte> out) const {
  const std::byte* from = memory_.data() + offset(slot, head);
  each_run(slot, first, first + std::ssize(out), [&](const Run& run) {
    copy_elements(run.bytes, from + run.offset, run.stride, out.data() + run.row_offset - first,
                  run.bytes, run.count);
  });
}

void CpuState::write_piece(int64_t slot, int64_t head, int64_t first,
                           std::span<const std::byte> bytes) {
  std::byte* to = memory_.data() + offset(slot, head);
  each_run(slot, first, first + std::ssize(bytes), [&](const Run& run) {
    copy_elements(run.bytes, bytes.data() + run.row_offset - first, run.bytes, to + run.offset,
                  run.stride, run.count);
  });
}

void CpuState::read(int64_t first_slot, std::span<std::byte> out) const {
  const int64_t rows = static_cast<int64_t>(out.size()) / head_bytes_;  // of a head each
  for (int64_t i = 0; i < rows; ++i) {
    read_piece(first_slot + i / heads_, i % heads_, 0,
               out.subspan(static_cast<size_t>(i * head_bytes_), static_cast<size_t>(head_bytes_)));
  }
}

void CpuState::write(int64_t first_slot, std::span<const std::byte> rows) {
  const int64_t count = static_cast<int64_t>(rows.size()) / head_bytes_;
  for (int64_t i = 0; i < count; ++i) {
    write_piece(
        first_slot + i / heads_, i % heads_, 0,
        rows.subspan(static_cast<size_t>(i * head_bytes_), static_cast<size_t>(head_bytes_)));
  }
}

void CpuState::copy_blocks(int64_t from_slot, int64_t to_slot, int64_t slots) {
  const int64_t slot_bytes = row_bytes(dtype(), heads_ * dim_);
  std::memmove(memory_.data() + to_slot * slot_bytes, memory_.data() + from_slot * slot_bytes,
               static_cast<size_t>(slots * slot_bytes));
}

}  // namespace cria::ml::cpu
