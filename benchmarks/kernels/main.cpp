// Speed of the cpu backend's matmul kernels: GOP/s by weight type, width and number of tokens (a
// multiply and an add are two operations), and for one token also the GB/s at which weights are
// read. The weights are cycled through, so that they come from memory and not from a cache, as in a
// model.
//
//   kernels_benchmark [--type q4_1] [--cols 576,1536] [--tokens 1,512] [--threads 1,2]
//                     [--megabytes 200]      CRIA_CPU_ISA chooses the instruction set

#include <algorithm>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <ctime>
#include <random>
#include <string>
#include <thread>
#include <vector>

#include "base/error.h"
#include "ml/aligned.h"
#include "ml/backend/cpu/kernels/kernels.h"
#include "ml/backend/cpu/kernels/pack.h"

namespace {

using namespace cria::ml::cpu;
using cria::ml::AlignedBytes;
using cria::ml::DType;

std::vector<DType> every_type() {
  std::vector<DType> out;
  for (const cria::ml::DTypeInfo& type : cria::ml::dtypes()) {
    if (can_pack(type.type, type.block_elements)) out.push_back(type.type);
  }
  return out;
}

struct Settings {
  std::vector<DType> types = every_type();
  std::vector<int64_t> cols = {2048, 5632};
  std::vector<int64_t> tokens = {1, 2, 4, 8, 64, 512};
  std::vector<int64_t> threads = {1, 2};
  int64_t megabytes = 200;  // of weights
};

double thread_seconds() {
  timespec now{};
  clock_gettime(CLOCK_THREAD_CPUTIME_ID, &now);
  return static_cast<double>(now.tv_sec) + 1e-9 * static_cast<double>(now.tv_nsec);
}

// One weight matrix of random numbers, its activations and results.
class Case {
 public:
  Case(const Kernels& kernels, DType type, int64_t cols, int64_t tokens, int64_t bytes)
      : multiply_(kernels.matmul[static_cast<size_t>(type)]),
        tile_bytes_(packed_tile_bytes(type, cols)),
        tiles_(std::max<int64_t>(bytes / tile_bytes_, 8)),
        weights_(tiles_ * tile_bytes_, "weights"),
        out_(tiles_ * kTileRows * tokens * 4, "results") {
    std::minstd_rand random(1);
    // Any two of these bytes are an ordinary number in every type.
    for (int64_t i = 0; i < weights_.size(); ++i)
      weights_.data()[i] = static_cast<std::byte>(0x2c + random() % 4);
    std::vector<float> x(static_cast<size_t>(cols));
    for (float& value : x) value = static_cast<float>(random() % 2001) / 1000.0f - 1.0f;
    const bool quantized = quantizes_activations(type);
    const int64_t stride = quantized ? quantized_row_bytes(cols) : cols * 4;
    activations_ = AlignedBytes(stride * tokens, "activations");
    for (int64_t t = 0; t < tokens; ++t) {
      std::byte* row = activations_.data() + t * stride;
      if (quantized) {
        kernels.quantize_row(x.data(), cols, row);
      } else {
        std::memcpy(row, x.data(), static_cast<size_t>(stride));
      }
    }
    args_ = {.tiles = weights_.data(),
             .rows = tiles_ * kTileRows,
             .cols = cols,
             .first_tile = 0,
             .last_tile = tiles_,
             .x = activations_.data(),
             .x_stride = stride,
             .tokens = tokens,
             .out = reinterpret_cast<float*>(out_.data()),
             .out_stride = tiles_ * kTileRows,
             .addend = nullptr};
  }

  int64_t tile_bytes() const { return tile_bytes_; }
  double operations_per_tile() const {
    return 2.0 * kTileRows * static_cast<double>(args_.cols * args_.tokens);
  }

  // Tiles a second of all threads together. Each times pieces of its share, by the time that it had
  // a processor for; its upper quartile is what it reaches while nothing else disturbs it.
  double tiles_per_second(int threads) const {
    std::vector<double> rates(static_cast<size_t>(threads));
    std::vector<std::thread> workers;
    for (int i = 0; i < threads; ++i) {
      workers.emplace_back([this, i, threads, &rate = rates[static_cast<size_t>(i)]] {
        rate = tiles_per_second(tiles_ * i / threads, tiles_ * (i + 1) / threads);
      });
    }
    double sum = 0;
    for (int i = 0; i < threads; ++i) {
      workers[static_cast<size_t>(i)].join();
      sum += rates[static_cast<size_t>(i)];
    }
    return sum;
  }

 private:
  static constexpr double kSeconds = 0.4;

  double tiles_per_second(int64_t first, int64_t last) const {
    const auto seconds_since = [](double start) { return thread_seconds() - start; };
    // About half a millisecond of work.
    const double tile_seconds =
        std::max(operations_per_tile() / 100e9, static_cast<double>(tile_bytes_) / 15e9);
    const int64_t piece =
        std::clamp(static_cast<int64_t>(0.5e-3 / tile_seconds), int64_t{4}, last - first);
    std::vector<double> rates;
    const double start = thread_seconds();
    for (int64_t tile = first; rates.size() < 20 || seconds_since(start) < kSeconds;) {
      MatmulArgs args = args_;
      args.first_tile = tile;
      args.last_tile = tile + piece;
      const double piece_start = thread_seconds();
      multiply_(args);
      rates.push_back(static_cast<double>(piece) / seconds_since(piece_start));
      tile = tile + 2 * piece <= last ? tile + piece : first;
    }
    std::sort(rates.begin(), rates.end());
    return rates[rates.size() * 3 / 4];
  }

  void (*multiply_)(const MatmulArgs& args);
  int64_t tile_bytes_, tiles_;
  AlignedBytes weights_, activations_, out_;
  MatmulArgs args_{};
};

void measure(const Kernels& kernels, DType type, int64_t cols, int64_t tokens,
             const Settings& settings) {
  // With many tokens weights are used from the cache anyway.
  const Case test(kernels, type, cols, tokens,
                  settings.megabytes * 1000000 / (tokens > 8 ? 20 : 1));
  std::printf("%-6s %5ld %6ld", std::string(info(type).name).c_str(), static_cast<long>(cols),
              static_cast<long>(tokens));
  for (int64_t threads : settings.threads) {
    const double rate = test.tiles_per_second(static_cast<int>(threads));
    std::printf("   %ld: %6.1f GOP/s", static_cast<long>(threads),
                rate * test.operations_per_tile() * 1e-9);
    if (tokens == 1)
      std::printf(" %5.1f GB/s", rate * static_cast<double>(test.tile_bytes()) * 1e-9);
  }
  std::printf("\n");
  std::fflush(stdout);
}

std::vector<int64_t> numbers(const std::string& text) {
  std::vector<int64_t> out;
  for (size_t at = 0; at < text.size();) {
    const size_t comma = std::min(text.find(',', at), text.size());
    const int64_t number = std::atol(text.substr(at, comma - at).c_str());
    if (number <= 0)
      cria::fail(cria::Error::Code::kInvalidArgument, "\"", text, "\": expected positive numbers");
    out.push_back(number);
    at = comma + 1;
  }
  return out;
}

Settings parse(int argc, char** argv) {
  Settings settings;
  for (int i = 1; i < argc; i += 2) {
    const std::string name = argv[i], value = i + 1 < argc ? argv[i + 1] : "";
    if (name == "--cols") {
      settings.cols = numbers(value);
    } else if (name == "--tokens") {
      settings.tokens = numbers(value);
    } else if (name == "--threads") {
      settings.threads = numbers(value);
    } else if (name == "--megabytes" && numbers(value).size() == 1) {
      settings.megabytes = numbers(value)[0];
    } else if (const auto type = cria::ml::dtype_from_name(value);
               name == "--type" && type && can_pack(*type, info(*type).block_elements)) {
      settings.types = {*type};
    } else {
      cria::fail(cria::Error::Code::kInvalidArgument, name, " ", value,
                 ": expected --type, --cols, --tokens, --threads or --megabytes with a value");
    }
  }
  return settings;
}

}  // namespace

int main(int argc, char** argv) {
  try {
    const Settings settings = parse(argc, argv);
    const Isa& isa = chosen_isa();
    std::printf("%s\ntype    cols tokens   threads: speed\n", std::string(isa.name).c_str());
    for (DType type : settings.types) {
      for (int64_t cols : settings.cols) {
        for (int64_t tokens : settings.tokens) {
          if (can_pack(type, cols)) measure(*isa.kernels, type, cols, tokens, settings);
        }
      }
    }
    return 0;
  } catch (const cria::Error& error) {
    std::fprintf(stderr, "kernels_benchmark: %s\n", error.what());
    return 1;
  }
}
