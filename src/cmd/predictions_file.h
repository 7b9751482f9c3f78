#pragma once
// Files of a model's predictions for a text, with which other models are compared: those of
// llama.cpp's perplexity (--kl-divergence-base), which either can read. Logarithms of probabilities
// are kept in 16 bits each, down to e^-16 of the most probable.

#include <cstdint>
#include <fstream>
#include <span>
#include <string>
#include <vector>

#include "base/files.h"
#include "base/mapped_file.h"

namespace cria::cmd {

struct PredictionsHeader {
  int64_t context = 0;  // tokens of a chunk
  int64_t vocabulary = 0;
  std::vector<int32_t> tokens;  // of all chunks
};

class PredictionsWriter {
 public:
  PredictionsWriter(const std::string& path, const PredictionsHeader& header);
  void write(std::span<const float> log_probabilities);
  void commit() { file_.commit(); }

 private:
  AtomicFile file_;
  std::vector<uint16_t> row_;
};

class PredictionsReader {
 public:
  // Corrupt, NotFound.
  explicit PredictionsReader(const std::string& path);
  const PredictionsHeader& header() const { return header_; }
  // The next prediction. There are as many as chunks of tokens ask for.
  void read(std::span<float> log_probabilities);

 private:
  MappedFile file_;
  PredictionsHeader header_;
  std::span<const std::byte> rest_;
};

// The first token of a chunk whose successor is predicted: those before only give context.
constexpr int64_t first_scored(int64_t context) { return context / 2; }

}  // namespace cria::cmd
