#pragma once
// The functions that do the work of the cpu backend, one table of them per instruction set.
//
// Promise kept by every kernel: what is written for one token depends on that token's operands
// alone, bit for bit, never on how many tokens, rows or heads a call covers. So each output element
// has one fixed order of additions.

#include <cstddef>
#include <cstdint>
#include <span>
#include <string_view>

#include "ml/dtype.h"
#include "ml/tensor.h"

namespace cria::ml::cpu {

// out[t * out_stride + r] (+)= dot(row r of the weight, activations t) for the rows of the tiles
// and the tokens given.
struct MatmulArgs {
  const std::byte* tiles;         // a packed matrix, see pack.h
  int64_t rows, cols;             // of the whole matrix
  int64_t first_tile, last_tile;  // half open, of kTileRows rows each
  const std::byte* x;  // activations of token 0: f32, or as quantize_row wrote them (see pack.h)
  int64_t x_stride;    // bytes from one token to the next
  int64_t tokens;
  float* out;          // row 0 of the whole matrix, token 0
  int64_t out_stride;  // floats from one token to the next
  const float*
      addend;  // null, or what is added to the result, laid out like `out`; may be `out` itself
};

// Attention of some tokens of one sequence, each of which sees as much as the one before it or one
// position more, and the query heads that share one key-value head.
//
// A block of keys holds for each key-value head
//   F32, F16, BF16  [head_dim][block_size]
//   Q8_0            [head_dim / 32] times scales [block_size], then quants [32][block_size]
// and a block of values for each of them [block_size] rows of value_dim as in a file.
struct AttentionArgs {
  const float* q;          // [tokens][group][head_dim], with the strides below
  int64_t q_token_stride;  // floats; heads lie head_dim apart
  int64_t tokens, group, head_dim, value_dim;
  int64_t first_position;                 // of token 0: it sees positions 0 .. first_position
  int64_t step = 1;                       // from one token's last position to the next: 0 or 1
  int64_t first_seen = 0;                 // none of them sees what lies before
  const int32_t* table;                   // blocks of the sequence
  const std::byte *keys, *values;         // block 0 of the cache
  DType key_type, value_type;             // F32, F16, BF16, Q8_0
  int64_t kv_heads, kv_head, block_size;  // block_size is a multiple of 16
  float scale;
  int64_t window;     // 0: none
  float softcap = 0;  // scores become softcap * tanh(score / softcap); 0: they stay
  const float* sinks =
      nullptr;  // null, or [group] logits that join the sum of a head's exponentials
  float* out;   // [tokens][group][value_dim]
  int64_t out_token_stride;
  float* scratch;  // attention_scratch_floats() of them, private to the caller
};

// Attention goes through the history in segments of so many positions, beginning at multiples of
// it, and joins what it has of each in order: whether all are computed in one call or each in one
// of its own makes no difference.
inline constexpr int64_t kAttentionSegment = 128;
// Rows (tokens times heads) that share what is read of the history; a call may have more.
inline constexpr int64_t kAttentionRows = 48;

struct Kernels {
  using Binary = void (*)(const float* a, const float* b, int64_t n, float* out);
  using Unary = void (*)(const float* x, int64_t n, float* out);

  // Per weight type; null where the type cannot be packed.
  void (*matmul[kDTypes])(const MatmulArgs& args);
  void (*quantize_row)(const float* x, int64_t n, std::byte* out);

  void (*rms_norm)(const float* x, const float* weight, float eps, int64_t n,
                   float* out);  // weight may be null
  // Weight and bias may be null.
  void (*layer_norm)(const float* x, const float* weight, const float* bias, float eps, int64_t n,
                     float* out);
  Binary add, sub, mul, div;
  Unary exp, sigmoid, sqrt, rsqrt, tanh;
  Unary activate[kActivations];  // by Activation
  Binary gated[kActivations];
  void (*swiglu_limited)(const float* gate, const float* up, float alpha, float limit, int64_t n,
                         float* out);
  void (*clamp)(const float* x, float low, float high, int64_t n, float* out);
  // The sum of `count` vectors of n elements that follow each other, each times its weight.
  void (*weighted_sum)(const float* x, const float* weights, int64_t count, int64_t n, float* out);
  void (*affine)(const float* x, float scale, float offset, int64_t n, float* out);
  void (*softmax)(const float* x, int64_t n, float* out);
  // One token: `heads` heads of head_dim; the table holds dims/2 cosines, then dims/2 sines.
  void (*rotate)(const float* x, const float* table, int64_t heads, int64_t head_dim, int64_t dims,
                 RopePairs pairs, float* out);
  void (*attention)(const AttentionArgs& args);
  // The same in two steps: what each row (tokens times group) has of a segment, then of all that
  // the tokens see, which follow each other at `parts`. A row's part is attention_part_floats().
  void (*attend_segment)(const AttentionArgs& args, int64_t segment, float* parts);
  void (*join_segments)(const AttentionArgs& args, float* parts);
  int64_t (*attention_part_floats)(int64_t value_dim);
  int64_t (*attention_scratch_floats)(int64_t tokens, int64_t group, int64_t head_dim,
                                      int64_t value_dim);
  void (*to_f16)(const float* x, int64_t n, uint16_t* out);  // round to nearest even
  void (*from_f16)(const uint16_t* x, int64_t n, float* out);
  // n floats as a row of a cache of F16, BF16 or Q8_0: the bytes that ml::quantize gives.
  void (*encode_row)(DType type, const float* x, int64_t n, std::byte* out);
};

struct Isa {
  std::string_view name;  // "generic", "avx2", "avx2vnni", "avx512", "neon"
  const Kernels* kernels;
  bool runs_here;  // the processor and the operating system have it
};

// Every instruction set that was compiled, plainest first.
std::span<const Isa> isas();

// The one of this name: InvalidArgument, naming those that run here, if it is not one of them.
const Isa& find_isa(std::string_view name);

// The best one that runs here, or the one that CRIA_CPU_ISA names: InvalidArgument if that is
// unknown or does not run here.
const Isa& chosen_isa();

}  // namespace cria::ml::cpu
