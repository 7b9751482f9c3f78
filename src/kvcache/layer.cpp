#include "kvcache/layer.h"

namespace cria::kvcache {

std::vector<LayerSpec> with_windows(const LayerSpec& layer, std::span<const int64_t> windows) {
  std::vector<LayerSpec> layers(windows.size(), layer);
  for (size_t i = 0; i < windows.size(); ++i) {
    layers[i].kind = windows[i] > 0 ? LayerKind::kWindow : LayerKind::kFull;
    layers[i].window = windows[i];
  }
  return layers;
}

ml::History Layer::append(ml::Tensor key, ml::Tensor value) {
  history_.keys = ml::store(history_.keys, key, slots_);
  history_.values = ml::store(history_.values, value, slots_);
  return history_;
}

}  // namespace cria::kvcache
