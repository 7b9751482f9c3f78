#include "convert/windows.h"

#include <algorithm>

namespace cria::convert {

void refuse_windows(const Config& c, const Decoder& d, int64_t first) {
  const bool has_default = !c.mentions("sliding_window");
  const int64_t window = c.count("sliding_window", has_default ? 4096 : 0);
  const std::vector<std::string> types = c.texts("layer_types");
  const bool is_used = c.flag("use_sliding_window", false);
  const auto is_known = [](const std::string& type) {
    return type == "full_attention" || type == "sliding_attention";
  };
  if (!std::ranges::all_of(types, is_known)) {
    c.unsupported("layer_types", "has others than full_attention and sliding_attention");
  }
  const bool slides =
      types.empty() ? first < d.layers : std::ranges::count(types, "sliding_attention") > 0;
  if (is_used && slides && effective_window(d, window) > 0) {
    c.unsupported("use_sliding_window", "is true with a sliding_window of ", window,
                  ", expected windows no shorter than the context of ", d.context);
  }
}

}  // namespace cria::convert
