#pragma once
// `cria quantize`: a model file with smaller types.

#include <string>
#include <vector>

namespace cria::cmd {

struct QuantizeOptions {
  std::string input, output, type;
  std::vector<std::string> overrides;  // PATTERN=TYPE
  std::string imatrix;                 // path; empty: none
  bool pure = false, requantize = false;
  bool force = false;    // replace the output
  bool dry_run = false;  // only tell what would be written
  bool verbose = false;  // tell of every tensor
  int threads = 0;
};

int quantize(const QuantizeOptions& options);

}  // namespace cria::cmd
