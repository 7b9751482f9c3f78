#include "nn/weights.h"

namespace cria::nn {

void Weights::low_rank(const std::vector<std::string>&, const ml::Shape&, LowRank&) {}

void Weights::leave(std::string_view) {}

std::vector<std::string> Weights::names() const {
  std::vector<std::string> names{""};
  for (const Segment& segment : path_) {
    std::vector<std::string> longer;
    for (const std::string& prefix : names) {
      const std::string stem = prefix.empty() ? "" : prefix + ".";
      longer.push_back(stem + segment.name);
      if (!segment.lookup.alternative.empty())
        longer.push_back(stem + std::string(segment.lookup.alternative));
    }
    names = std::move(longer);
  }
  return names;
}

}  // namespace cria::nn
