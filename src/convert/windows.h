#pragma once
// Sliding windows as Qwen's configurations describe them.

#include "convert/decoder.h"

namespace cria::convert {

// Unsupported when a layer has a window that is shorter than the context. Without layer_types those
// from `first` on have it.
void refuse_windows(const Config& config, const Decoder& decoder, int64_t first);

}  // namespace cria::convert
