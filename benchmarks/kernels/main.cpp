// Speed of the cpu backend's matmul kernels: GOP/s by weight type, width and number of tokens (a
// multiply and an add are two operations), and for one token also the GB/s at which weights are
// read. The weights are cycled through, so that they come from memory and not from a cache, as in a
// model.

#include <algorithm>
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <memory>
#include <random>
#include <string>
#include <thread>
#include <vector>

#include "ml/backend/cpu/kernels/kernels.h"
#include "ml/backend/cpu/kernels/pack.h"

namespace {

using namespace cria::ml;
using namespace cria::ml::cpu;

struct Settings {
  std::string type;         // empty: all
  int64_t megabytes = 200;  // of weights
  int repetitions = 5;
  std::vector<int> threads = {1, 2};
  std::vector<int64_t> cols = {576, 1536, 2048};
  std::vector<int64_t> tokens = {1, 2, 4, 8, 64, 512};
};

struct AlignedDelete {
  void operator()(std::byte* p) const { std::free(p); }
};
using Buffer = std::unique_ptr<std::byte[], AlignedDelete>;

Buffer make_buffer(int64_t bytes) {
  const size_t size = static_cast<size_t>((bytes + kAlignment - 1) / kAlignment * kAlignment);
  return Buffer(static_cast<std::byte*>(std::aligned_alloc(kAlignment, size)));
}

// One weight matrix of random bits that are no NaNs, its activations and results.
struct Case {
  Case(const Kernels& kernels, DType type, int64_t cols, int64_t tokens, int64_t bytes)
      : multiply(kernels.matmul[static_cast<size_t>(type)]) {
    const int64_t tile_bytes = packed_tile_bytes(type, cols);
    tiles = std::max<int64_t>(bytes / tile_bytes, 1);
    weights = make_buffer(tiles * tile_bytes);
    std::minstd_rand random(1);
    std::vector<uint16_t> pattern(4099);
    for (uint16_t& half : pattern) half = static_cast<uint16_t>(0x2c00 + random() % 1024);
    for (int64_t i = 0; i < tiles * tile_bytes / 2; ++i)
      std::memcpy(weights.get() + 2 * i, &pattern[static_cast<size_t>(i) % pattern.size()], 2);

    std::vector<float> x(static_cast<size_t>(cols));
    for (float& value : x) value = static_cast<float>(random() % 2001) / 1000.0f - 1.0f;
    const bool quantized = quantizes_activations(type);
    const int64_t stride = quantized ? quantized_row_bytes(cols) : cols * 4;
    activations = make_buffer(stride * tokens);
    for (int64_t t = 0; t < tokens; ++t) {
      std::byte* row = activations.get() + t * stride;
      if (quantized)
        kernels.quantize_row(x.data(), cols, row);
      else
        std::memcpy(row, x.data(), static_cast<size_t>(stride));
    }
    out = make_buffer(tiles * kTileRows * tokens * 4);
    std::memset(out.get(), 0, static_cast<size_t>(tiles * kTileRows * tokens * 4));
    args = {.tiles = weights.get(),
            .rows = tiles * kTileRows,
            .cols = cols,
            .first_tile = 0,
            .last_tile = tiles,
            .x = activations.get(),
            .x_stride = stride,
            .tokens = tokens,
            .out = reinterpret_cast<float*>(out.get()),
            .out_stride = tiles * kTileRows,
            .addend = nullptr};
  }

  // Seconds for all tiles, split over the threads.
  double run(int threads) const {
    const auto start = std::chrono::steady_clock::now();
    std::vector<std::thread> others;
    for (int i = 0; i < threads; ++i) {
      MatmulArgs part = args;
      part.first_tile = tiles * i / threads;
      part.last_tile = tiles * (i + 1) / threads;
      if (i + 1 < threads)
        others.emplace_back([this, part] { multiply(part); });
      else
        multiply(part);
    }
    for (std::thread& other : others) other.join();
    return std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count();
  }

  void (*multiply)(const MatmulArgs& args);
  int64_t tiles = 0;
  Buffer weights, activations, out;
  MatmulArgs args{};
};

void measure(const Kernels& kernels, DType type, int64_t cols, int64_t tokens,
             const Settings& settings) {
  // Many tokens: enough work at a tenth of the weights.
  const Case test(kernels, type, cols, tokens,
                  settings.megabytes * 1000000 / (tokens > 8 ? 40 : 1));
  const double bytes = static_cast<double>(test.tiles * packed_tile_bytes(type, cols));
  const double operations = 2.0 * static_cast<double>(test.args.rows * cols * tokens);
  std::printf("%-5s %5ld %4ld", std::string(info(type).name).c_str(), static_cast<long>(cols),
              static_cast<long>(tokens));
  for (int threads : settings.threads) {
    double best = 1e9;
    for (int i = 0; i < settings.repetitions; ++i) best = std::min(best, test.run(threads));
    std::printf("  %dT %7.1f GOP/s", threads, operations / best * 1e-9);
    if (tokens == 1) std::printf(" %5.1f GB/s", bytes / best * 1e-9);
  }
  std::printf("\n");
  std::fflush(stdout);
}

std::vector<int64_t> numbers(const char* text) {
  std::vector<int64_t> out;
  for (char* end = nullptr; *text != 0; text = *end == ',' ? end + 1 : end) {
    out.push_back(std::strtol(text, &end, 10));
    if (end == text) break;
  }
  return out;
}

}  // namespace

int main(int argc, char** argv) {
  Settings settings;
  for (int i = 1; i + 1 < argc; i += 2) {
    const std::string name = argv[i];
    if (name == "--type") settings.type = argv[i + 1];
    if (name == "--cols") settings.cols = numbers(argv[i + 1]);
    if (name == "--tokens") settings.tokens = numbers(argv[i + 1]);
    if (name == "--megabytes") settings.megabytes = std::atol(argv[i + 1]);
    if (name == "--repetitions") settings.repetitions = std::atoi(argv[i + 1]);
    if (name == "--threads") settings.threads = {std::atoi(argv[i + 1])};
  }
  const Isa& isa = chosen_isa();
  std::printf("%s\ntype   cols tokens\n", std::string(isa.name).c_str());
  for (DType type :
       {DType::kQ4_0, DType::kQ4_1, DType::kQ8_0, DType::kF16, DType::kBF16, DType::kF32}) {
    if (!settings.type.empty() && settings.type != info(type).name) continue;
    for (int64_t cols : settings.cols)
      for (int64_t tokens : settings.tokens) measure(*isa.kernels, type, cols, tokens, settings);
  }
}
