#pragma once
// Importance matrices: how large what a model multiplies its matrices with is, column by column.
// Files are GGUF as llama.cpp writes them; its older binary ones are read too.

#include <cstdint>
#include <map>
#include <span>
#include <string>
#include <vector>

namespace cria::quantize {

struct ImportanceMatrix {
  // Of a tensor: of one matrix, or of one for each expert.
  struct Entry {
    std::vector<float> sums;    // [matrices, columns]: of the squares of activations
    std::vector<float> counts;  // [matrices]: of the activations; divides the size of sums

    // The mean squares [matrices, columns]; of a matrix that was never used, ones.
    std::vector<float> means() const;
    // Adds a vector of activations of one of the matrices.
    void add(size_t matrix, std::span<const float> activations);
  };

  std::map<std::string, Entry, std::less<>> entries;  // by the name of the tensor
  std::vector<std::string> datasets;                  // names of the texts
  uint32_t chunks = 0, chunk_size = 0;                // pieces of text, and the tokens of each
  std::string path;                                   // of the file that it was read from
};

// NotFound, Corrupt.
ImportanceMatrix read_importance(const std::string& path);
// Replaces what is there. InvalidArgument, errors of the disk.
void write_importance(const ImportanceMatrix& matrix, const std::string& path);

}  // namespace cria::quantize
