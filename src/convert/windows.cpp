#include "convert/windows.h"

#include <algorithm>

#include "base/quote.h"

namespace cria::convert {
namespace {

int64_t read_window(const Config& c, int64_t fallback) {
  return c.count("sliding_window", c.mentions("sliding_window") ? 0 : fallback);
}

std::vector<bool> every(int64_t layers, int64_t period) {
  std::vector<bool> windowed;
  for (int64_t i = 0; i < layers; ++i) windowed.push_back((i + 1) % period != 0);
  return windowed;
}

}  // namespace

std::vector<bool> sliding_layers(const Config& c, const Decoder& d,
                                 const std::function<bool(int64_t)>& slides) {
  std::vector<bool> layers;
  const std::vector<std::string> types = c.texts("layer_types");
  for (int64_t i = 0; types.empty() && i < d.layers; ++i) layers.push_back(slides(i));
  for (const std::string& type : types) {
    if (type != "full_attention" && type != "sliding_attention") {
      c.unsupported("layer_types", "has ", quote(type),
                    ", expected full_attention and sliding_attention");
    }
    layers.push_back(type == "sliding_attention");
  }
  if (std::ssize(layers) != d.layers) {
    c.corrupt("layer_types", "has ", layers.size(), " entries, expected one for each of ", d.layers,
              " layers");
  }
  return layers;
}

void write_windows(Conversion& conversion, const Decoder& d, const WindowDefaults& defaults) {
  const Config& c = conversion.config();
  const int64_t period = c.dim("sliding_window_pattern", defaults.period);
  c.ignore({"_sliding_window_pattern"});  // remembers what made layer_types
  const std::vector<bool> windowed =
      sliding_layers(c, d, [&](int64_t i) { return (i + 1) % period != 0; });
  conversion.set_count("attention.sliding_window", read_window(c, defaults.window));
  if (windowed == every(d.layers, defaults.period)) return;
  const std::string key = "attention.sliding_window_pattern";
  for (int64_t n = 1; n <= d.layers + 1; ++n) {
    if (windowed == every(d.layers, n)) return conversion.set_count(key, n);
  }
  conversion.set(key, windowed);
}

void write_window(Conversion& conversion, const Decoder& d, int64_t fallback) {
  const int64_t window = effective_window(d, read_window(conversion.config(), fallback));
  if (window > 0) conversion.set_count("attention.sliding_window", window);
}

void write_windows(Conversion& conversion, int64_t window, const std::vector<bool>& layers) {
  if (window == 0 || std::ranges::count(layers, true) == 0) return;
  conversion.set_count("attention.sliding_window", window);
  conversion.set("attention.sliding_window_pattern", layers);
}

void refuse_windows(const Config& c, const Decoder& d, const std::function<bool(int64_t)>& slides) {
  const bool has_default = !c.mentions("sliding_window");
  const int64_t window = c.count("sliding_window", has_default ? 4096 : 0);
  const bool is_used = c.flag("use_sliding_window", false);
  const std::vector<bool> layers = sliding_layers(c, d, slides);
  if (is_used && std::ranges::count(layers, true) > 0 && effective_window(d, window) > 0) {
    c.unsupported("use_sliding_window", "is true with a sliding_window of ", window,
                  ", expected windows no shorter than the context of ", d.context);
  }
}

}  // namespace cria::convert
