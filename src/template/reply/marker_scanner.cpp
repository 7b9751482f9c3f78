#include "template/reply/marker_scanner.h"

namespace cria::chat {

int MarkerScanner::find(bool is_all) {
  if (held_.empty()) return kNothing;
  int found = kNothing;
  for (size_t i = 0; i < markers_.size(); ++i) {
    const std::string& marker = markers_[i];
    if (held_.size() < marker.size()) {
      if (!is_all && marker.starts_with(held_)) return kNothing;
    } else if (held_.starts_with(marker) &&
               (found == kNothing || marker.size() > markers_[static_cast<size_t>(found)].size())) {
      found = static_cast<int>(i);
    }
  }
  if (found == kNothing) byte_ = held_.front();
  held_.erase(0, found == kNothing ? 1 : markers_[static_cast<size_t>(found)].size());
  return found == kNothing ? kByte : found;
}

}  // namespace cria::chat
