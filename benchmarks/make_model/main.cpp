// Writes a model of random weights in the shape of a real one: as fast or slow to run as that,
// small to describe, and free of any licence. See kUsage.

#include <algorithm>
#include <cmath>
#include <cstdio>
#include <cstring>
#include <thread>

#include "base/error.h"
#include "fs/gguf/write.h"
#include "make_model/shapes.h"
#include "make_model/types.h"
#include "ml/formats.h"
#include "model/model.h"

namespace cria::benchmarks {
namespace {

constexpr const char* kUsage =
    "Writes a GGUF file of random weights in the shape of a real model.\n"
    "usage: make_model SHAPE TYPE FILE\n"
    "  make_model tinyllama-1.1b q4_k_m tiny.gguf\n"
    "A wrong SHAPE or TYPE lists those there are.\n";

// The names and shapes of a model's weights.
class List final : public nn::Weights {
 public:
  struct Entry {
    std::string name;
    ml::Shape shape;
  };
  explicit List(bool tied) : tied_(tied) {}
  std::vector<Entry> entries;

 protected:
  void tensor(const std::vector<std::string>& names, const ml::Shape& shape, bool optional,
              ml::Tensor&) override {
    const bool shared = tied_ && names.size() > 1;
    if (!optional && !shared) entries.push_back({names[0], shape});
  }

 private:
  bool tied_;
};

// SplitMix64 of a counter, mapped to -1 .. 1.
float random_at(uint64_t counter) {
  uint64_t z = counter * 0x9e3779b97f4a7c15u;
  z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9u;
  z = (z ^ (z >> 27)) * 0x94d049bb133111ebu;
  return static_cast<float>(static_cast<int64_t>(z ^ (z >> 31))) * 0x1p-63f;
}

// Rows of a weight; its numbers depend on its seed alone.
void make_rows(const ml::Shape& shape, ml::DType type, uint64_t seed, int64_t first, int64_t last,
               std::byte* out) {
  const int64_t cols = shape[-1];
  const bool vector = shape.rank() < 2;
  // Vectors lie around 1 as norms do; matrices keep the size of what they are multiplied with.
  const float size = vector ? 0.1f : std::sqrt(3.f / static_cast<float>(cols));
  std::vector<float> row(static_cast<size_t>(cols));
  for (int64_t r = first; r < last; ++r) {
    const uint64_t counter = seed + static_cast<uint64_t>(r * cols);
    for (int64_t i = 0; i < cols; ++i)
      row[static_cast<size_t>(i)] =
          random_at(counter + static_cast<uint64_t>(i)) * size + (vector ? 1.f : 0.f);
    ml::quantize(type, row, out + (r - first) * ml::row_bytes(type, cols));
  }
}

// Hands over a weight in pieces, each made by all cores.
void produce(const ml::Shape& shape, ml::DType type, uint64_t seed, const gguf::Sink& sink) {
  const int64_t rows = shape.size() / shape[-1], row_bytes = ml::row_bytes(type, shape[-1]);
  const int64_t at_once = std::clamp<int64_t>((int64_t{16} << 20) / row_bytes, 1, rows);
  const int64_t cores = std::max<int64_t>(1, std::thread::hardware_concurrency());
  std::vector<std::byte> piece(static_cast<size_t>(at_once * row_bytes));
  for (int64_t first = 0; first < rows; first += at_once) {
    const int64_t count = std::min(at_once, rows - first);
    std::vector<std::jthread> workers;
    for (int64_t i = 0; i < cores; ++i) {
      const int64_t begin = count * i / cores, end = count * (i + 1) / cores;
      workers.emplace_back([&shape, type, seed, first, begin, end, row_bytes, &piece] {
        make_rows(shape, type, seed, first + begin, first + end, piece.data() + begin * row_bytes);
      });
    }
    workers.clear();  // waits for them
    sink({piece.data(), static_cast<size_t>(count * row_bytes)});
  }
}

// SentencePiece's: three control tokens, the bytes, and made-up words.
void add_vocabulary(gguf::Writer& writer, int64_t size) {
  std::vector<std::string> tokens = {"<unk>", "<s>", "</s>"};
  std::vector<int32_t> types = {2, 3, 3};
  std::vector<float> scores(static_cast<size_t>(size), 0.f);
  for (int byte = 0; byte < 256; ++byte) {
    char text[8];
    std::snprintf(text, sizeof(text), "<0x%02X>", byte);
    tokens.emplace_back(text);
    types.push_back(6);
  }
  for (int64_t i = static_cast<int64_t>(tokens.size()); i < size; ++i) {
    tokens.push_back(concat("\xe2\x96\x81w", i));
    types.push_back(1);
    scores[static_cast<size_t>(i)] = -static_cast<float>(i);
  }
  writer.metadata("tokenizer.ggml.model", std::string("llama"));
  writer.metadata("tokenizer.ggml.tokens", std::move(tokens));
  writer.metadata("tokenizer.ggml.scores", std::move(scores));
  writer.metadata("tokenizer.ggml.token_type", std::move(types));
  writer.metadata("tokenizer.ggml.bos_token_id", uint32_t{1});
  writer.metadata("tokenizer.ggml.eos_token_id", uint32_t{2});
}

// "blk.7.attn_v.weight" is in block 7.
int64_t block_of(const std::string& weight) {
  return weight.starts_with("blk.") ? std::atoll(weight.c_str() + 4) : -1;
}

void make_model(std::string_view shape_name, std::string_view type_name, const std::string& path) {
  const ModelShape& shape = find_model_shape(shape_name);
  const FileType types(type_name);
  const ShapeConfig config(shape);
  const auto model = model::make_model(config);
  List list(shape.tied);
  model->bind(list);

  gguf::Writer writer;
  writer.metadata("general.architecture", std::string(shape.architecture));
  writer.metadata("general.name", concat(shape.name, " of random weights, ", type_name));
  for (const auto& [key, value] : shape.sizes)
    writer.metadata(concat(shape.architecture, '.', key), static_cast<uint32_t>(value));
  for (const auto& [key, value] : shape.reals)
    writer.metadata(concat(shape.architecture, '.', key), value);
  add_vocabulary(writer, shape.sizes.at("vocab_size"));
  uint64_t seed = 1;
  for (const List::Entry& entry : list.entries) {
    const ml::DType type =
        types.of(entry.name, entry.shape, block_of(entry.name), shape.sizes.at("block_count"));
    std::vector<int64_t> dims;
    for (int i = 0; i < entry.shape.rank(); ++i) dims.push_back(entry.shape[i]);
    writer.tensor({.name = entry.name,
                   .type = static_cast<uint32_t>(ml::info(type).gguf_id),
                   .dims = dims,
                   .produce = [weight = entry.shape, type, seed](const gguf::Sink& sink) {
                     produce(weight, type, seed, sink);
                   }});
    seed += static_cast<uint64_t>(entry.shape.size());
  }
  writer.write(path);
}

}  // namespace
}  // namespace cria::benchmarks

int main(int argc, char** argv) {
  if (argc != 4) {
    std::fputs(cria::benchmarks::kUsage, stderr);
    return 2;
  }
  try {
    cria::benchmarks::make_model(argv[1], argv[2], argv[3]);
  } catch (const std::exception& error) {
    std::fprintf(stderr, "make_model: %s\n", error.what());
    return 1;
  }
  return 0;
}
