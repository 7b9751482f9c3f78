#pragma once
// A block of a known beginning, as it can be kept beyond the life of its cache.

#include <cstddef>
#include <cstdint>
#include <vector>

namespace cria::kvcache {

struct KnownBlock {
  int32_t before = -1;               // which of those given earlier it follows; -1: none
  std::vector<int32_t> tokens = {};  // as many as a block has; fewer when nothing follows it
  uint64_t groups = 0;               // bit g: group g of layers holds it
  std::vector<std::byte> rows = {};  // of these groups, state by state, in the types of the cache
};

}  // namespace cria::kvcache
