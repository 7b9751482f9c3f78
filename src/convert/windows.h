#pragma once
// Sliding windows, by layer.

#include <functional>
#include <vector>

#include "convert/decoder.h"

namespace cria::convert {

// Which layers have one, by layer_types, or by `slides` for a config without it.
std::vector<bool> sliding_layers(const Config& config, const Decoder& decoder,
                                 const std::function<bool(int64_t layer)>& slides);

// Unsupported when a layer has a window that is shorter than the context, as Qwen's configs
// describe them; `slides` as above.
void refuse_windows(const Config& config, const Decoder& decoder,
                    const std::function<bool(int64_t layer)>& slides);

// Writes attention.sliding_window, and the layers that have it.
void write_windows(Conversion& conversion, int64_t window, const std::vector<bool>& layers);

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
