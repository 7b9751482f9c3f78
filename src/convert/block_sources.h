#pragma once
// Sources of numbers that share scales in blocks.

#include "convert/source.h"

namespace cria::convert {

// F8_E4M3 [rows, columns] times the scale of each block of `block` rows and columns, as floats; a
// file keeps them as BF16 by itself. Corrupt when there are not as many scales as blocks.
SourcePtr scaled(const StoredTensor& numbers, const SourcePtr& scales,
                 const std::vector<int64_t>& block);

// MXFP4 blocks of 32 numbers along the columns, in GGUF's order of bytes: from U8 blocks [matrices,
// rows, columns / 32, 16] and their exponents [matrices, rows, columns / 32]. Takes every `step`th
// row from `first` on. What read() gives is 17 bytes for 32 elements.
SourcePtr mxfp4(const SourcePtr& blocks, const SourcePtr& exponents, int64_t first, int64_t step);
// The same as floats.
SourcePtr mxfp4_as_floats(const SourcePtr& mxfp4);

}  // namespace cria::convert
