#pragma once
// Sliding windows as Qwen's configurations describe them.

#include "convert/decoder.h"

namespace cria::convert {

// Unsupported when a layer has a window that is shorter than the context. Without layer_types those
// from `first` on have it.
void refuse_windows(const Config& config, const Decoder& decoder, int64_t first);

// What a class takes when its config.json does not say.
struct WindowDefaults {
  int64_t window = 4096;
  int64_t period = 0;  // of so many layers the last has no window; the model knows it, too
};

// Writes attention.sliding_window and which layers have it, by layer_types or
// sliding_window_pattern. Unsupported: layers of another type.
void write_windows(Conversion& conversion, const Decoder& decoder, const WindowDefaults& defaults);

// Writes the window that all layers have, if there is one that is shorter than the context.
void write_window(Conversion& conversion, const Decoder& decoder, int64_t fallback);

}  // namespace cria::convert
