#pragma once
// `cria quantize`: a model file with smaller types.

#include <cstdint>
#include <string>
#include <vector>

namespace cria::cmd {

struct QuantizeOptions {
  std::string input, output, type;
  std::vector<std::string> overrides;  // PATTERN=TYPE
  std::string imatrix;                 // path; empty: none
  bool pure = false, requantize = false;
  uint64_t part_bytes = 0;  // of tensors in each file of several; 0: one file
  bool force = false;       // replace the output
  bool dry_run = false;     // only tell what would be written
  bool verbose = false;     // tell of every tensor
  int threads = 0;
};

int quantize(const QuantizeOptions& options);

}  // namespace cria::cmd
