// Any known blocks are taken by a cache or refused; what it took is found by sequences, and an
// equal cache takes all of it.
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <memory>
#include <span>
#include <vector>

#include "kvcache/cache.h"

namespace cria::kvcache {
namespace {

constexpr int64_t kBlockSize = 2;

// A layer of each kind that can be known.
const std::vector<LayerSpec> kLayers = {
    {.kv_heads = 1, .head_dim = 1},
    {.kv_heads = 1, .head_dim = 1, .kind = LayerKind::kWindow, .window = 3},
    {.kind = LayerKind::kRecurrent, .recurrent = {{1, 2}}}};

struct TinyCache {
  std::unique_ptr<ml::Backend> backend = ml::make_backend("reference", {.threads = 1});
  Cache cache{*backend,
              kLayers,
              {.key_type = ml::DType::kF16,
               .value_type = ml::DType::kF32,
               .tokens = 16,
               .sequences = 2,
               .context = 16,
               .block_size = kBlockSize,
               .pass = 4,
               .checkpoints = 3}};
};

class Bytes {
 public:
  explicit Bytes(std::span<const uint8_t> bytes) : bytes_(bytes) {}
  bool empty() const { return bytes_.empty(); }
  uint8_t next() {
    if (bytes_.empty()) return 0;
    const uint8_t first = bytes_.front();
    bytes_ = bytes_.subspan(1);
    return first;
  }

 private:
  std::span<const uint8_t> bytes_;
};

// Mostly ones that could be, since others end what is taken.
KnownBlock block_of(Bytes& bytes, const Cache& cache) {
  KnownBlock block;
  block.before = static_cast<int8_t>(bytes.next());
  block.groups = bytes.next();
  const uint8_t sizes = bytes.next();
  block.tokens.resize(sizes % (kBlockSize + 2));
  for (int32_t& token : block.tokens) token = bytes.next() % 4;
  size_t size = cache.known_bytes(block).value_or(sizes);
  if (sizes >= 250) size = sizes;
  block.rows.assign(size, std::byte{bytes.next()});
  return block;
}

std::vector<KnownBlock> given(const Cache& cache) {
  std::vector<KnownBlock> blocks;
  cache.give_known([&](const KnownBlock& block) {
    blocks.push_back(block);
    return true;
  });
  return blocks;
}

int64_t found(Cache& cache, const std::vector<int32_t>& ids) {
  const auto opened = cache.open(ids);
  if (!opened) std::abort();
  if (cache.length(opened->sequence) != opened->cached) std::abort();
  for (size_t layer = 0; layer < 2; ++layer) {
    cache.contents(opened->sequence, layer, ml::StateRole::kKeys);
  }
  const bool has_room = cache.reserve(opened->sequence, 2) == Cache::Outcome::kOk;
  if (!has_room && opened->cached < 8) std::abort();
  cache.close(opened->sequence);
  return opened->cached;
}

void run(Bytes bytes) {
  TinyCache first, second;
  first.cache.take_known([&](KnownBlock& block) {
    if (bytes.empty()) return false;
    block = block_of(bytes, first.cache);
    return true;
  });
  const std::vector<KnownBlock> blocks = given(first.cache);
  size_t taken = 0;
  const bool fits = second.cache.take_known([&](KnownBlock& block) {
    if (taken == blocks.size()) return false;
    block = blocks[taken++];
    return true;
  });
  if (!fits || taken != blocks.size()) std::abort();
  for (const auto& ids : {std::vector<int32_t>{0, 1, 2, 3, 0}, {1, 1, 1}, {2, 0, 0, 0, 0, 0, 0}}) {
    if (found(first.cache, ids) != found(second.cache, ids)) std::abort();
  }
}

}  // namespace
}  // namespace cria::kvcache

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  cria::kvcache::run(cria::kvcache::Bytes({data, size}));
  return 0;
}
